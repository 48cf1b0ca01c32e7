/** What a line of the log says of a delivery. */
import type { Delivery } from '../api/types';
import { text } from '../text';

const TOLD = 3;

export interface What {
  /** What happened, or what became of it. */
  readonly title: string;
  /** The fields that changed, or what is wrong. */
  readonly more: string;
  readonly name: string;
}

export function whatOf({ outcome, change, changed, problem, filename }: Delivery): What {
  const labels = (changed ?? []).map(({ label }) => label);
  const more = labels.length > TOLD ? ` ${text.events.fieldsMore(labels.length - TOLD)}` : '';
  return {
    title: outcome === 'event' && change ? text.steps[change] : text.deliveries.outcomes[outcome],
    more: problem || labels.slice(0, TOLD).join(', ') + more,
    name: filename ?? '',
  };
}

/** Its address without the port, which tells nobody anything in a list, and the first word of how it calls itself. */
export function senderOf({ sender, user_agent, import: imported }: Delivery): string {
  if (imported != null) return text.deliveries.imported;
  const address = sender?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return [address, user_agent?.split(' ', 1)[0]].filter(Boolean).join(' ');
}

export function answerOf({ answer, took_us }: Delivery): string {
  return answer == null || took_us == null ? '' : text.deliveries.answered(answer, took_us / 1000);
}
