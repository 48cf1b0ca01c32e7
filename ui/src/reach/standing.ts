/** How the way in stands, in the few words that a status line has room for; `more` is the rest. */
import type { Reachable } from '../api/types';
import { hostOf } from '../shared/address';
import { recently } from '../shared/format';
import { text } from '../text';

export interface Standing {
  readonly tone: 'good' | 'open' | 'waiting' | 'bad';
  readonly words: string;
  readonly more?: string;
}

const words = text.reach.standing;

export function standingOf(reach: Reachable, now = Date.now()): Standing {
  const { way, check, problem, tunnels } = reach;
  const host = hostOf(reach.hook_base);
  const tunnel = way === 'tunnel' ? tunnels.find(({ state }) => state !== 'off') : undefined;
  if (tunnel?.state === 'starting' && !tunnel.problem)
    return { tone: 'waiting', words: words.starting(tunnel.name) };
  if (tunnel?.state === 'restarting') {
    return { tone: 'waiting', words: words.restarting(tunnel.name), more: tunnel.problem ?? undefined };
  }
  if (problem) return { tone: 'bad', words: problem };
  if (check.state === 'running') return { tone: 'waiting', words: words.checking };
  if (check.state === 'failed') return { tone: 'bad', words: words.failed(host, check.problem ?? '') };
  const checked = check.at && check.state === 'arrived' ? recently(check.at, now) : undefined;
  if (way === 'this_computer') return { tone: 'open', words: words.thisComputer };
  if (checked) return { tone: 'good', words: words.reachable(host, checked) };
  return { tone: 'open', words: words.unchecked(host) };
}
