/** How a change is worded: sizes as people read them, and a step by what happened in it. Pure. */
import type { Property, Version } from '../api/types';
import { bytes } from '../shared/format';
import { text } from '../text';

/** A value of a field or of a property of the file; of a size in bytes one that people read. */
export function readable(property: Property | null | undefined, value: string): string {
  return property === 'file_size' && /^\d+$/.test(value) ? bytes(Number(value)) : value;
}

/** Fotoware's own word goes along where ours says less than it. */
export function stepName({ change, operation }: Pick<Version, 'change' | 'operation'>): string {
  const vague = change === 'action' || change === 'modified' || change === 'unknown';
  return vague && operation ? text.inspector.stepCalled(text.steps[change], operation) : text.steps[change];
}
