import { expect, it } from 'vitest';
import type { Piece } from '../api/types';
import { text } from '../text';
import { readable, runsOf, stepName } from './wording';

it('a size is one that people read, whatever else looks like a number stays', () => {
  expect(readable('file_size', '5200000')).toBe('5.2 MB');
  expect(readable('file_size', 'unknown')).toBe('unknown');
  expect(readable(null, '5200000')).toBe('5200000');
  expect(readable('pixels', '6000 × 4000')).toBe('6000 × 4000');
});

it('an action says which, a rename needs no word of Fotoware’s', () => {
  expect(stepName({ change: 'action', operation: 'Send to web' })).toBe('Action: Send to web');
  expect(stepName({ change: 'renamed', operation: 'rename' })).toBe('Renamed');
  expect(stepName({ change: 'unknown', operation: null })).toBe(text.steps.unknown);
});

it('what is odd about a step is told as it is', () => {
  const notes = text.inspector.note;
  expect(notes({ kind: 'late', seconds: 840 })).toBe('Arrived 14 min late.');
  expect(notes({ kind: 'late', seconds: 45 })).toBe('Arrived 45 s late.');
  expect(notes({ kind: 'late', seconds: 10_800 })).toBe('Arrived 3 h late.');
  expect(notes({ kind: 'late', seconds: 777_600 })).toBe('Arrived 9 days late.');
  expect(notes({ kind: 'sent_again', times: 1 })).toBe('Sent twice.');
  expect(notes({ kind: 'sent_again', times: 3 })).toBe('Sent 4 times.');
  expect(notes({ kind: 'restores', version: 2 })).toBe('The same as version 2.');
});

it('the share of a picture that changed is told in words', () => {
  const { share } = text.compare;
  expect(share(0.0214)).toBe('2.1% of the picture changed');
  expect(share(0.0004)).toBe('Less than 0.1% of the picture changed');
  expect(share(0.9996)).toBe('All of the picture changed');
  expect(share(0)).toBe('Unchanged within JPEG tolerance');
});

const shown = (pieces: Piece[], list = false) =>
  runsOf(pieces, null, list)
    .map(({ text }) => text)
    .join('');

it('the words of a text are shown with its own spaces, and none before a comma', () => {
  const text: Piece[] = [
    { kind: 'same', text: 'Boats leaving ' },
    { kind: 'removed', text: 'in the morning' },
    { kind: 'added', text: 'at dawn' },
    { kind: 'same', text: ', Vardø' },
  ];
  expect(shown(text)).toBe('Boats leaving in the morning at dawn, Vardø');
});

it('values of a list stand apart, and a size is readable', () => {
  const list: Piece[] = [
    { kind: 'same', text: 'boats' },
    { kind: 'added', text: 'dawn' },
  ];
  expect(shown(list, true)).toBe('boats dawn');
  expect(runsOf([{ kind: 'added', text: '4800000' }], 'file_size', false)[0]?.text).toBe('4.8 MB');
});

it('a file name is told whole, the old one and then the new one', () => {
  const pieces: Piece[] = [
    { kind: 'removed', text: 'old' },
    { kind: 'added', text: 'new' },
    { kind: 'same', text: '_سماء.jpg' },
  ];
  expect(runsOf(pieces, 'filename', false)).toEqual([
    { kind: 'removed', text: 'old_سماء.jpg' },
    { kind: 'same', text: ' ' },
    { kind: 'added', text: 'new_سماء.jpg' },
  ]);
});
