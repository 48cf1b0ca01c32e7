/** What stands before a step of the first start: a tick only where something is shown to be done. Pure. */
import type { Reachable } from '../api/types';
import type { StepName } from './first-start.svelte';

export type Mark = 'number' | 'done' | 'skipped';

export interface Known {
  readonly tenants: number;
  readonly reach: Pick<Reachable, 'way' | 'problem'> | undefined;
  /** A notice of Fotoware's came in. */
  readonly arrived: boolean;
}

/** `passed`: somebody went on from this step. */
export function markOf(step: StepName, passed: boolean, { tenants, reach, arrived }: Known): Mark {
  if (!passed) return 'number';
  switch (step) {
    case 'tenant':
      return tenants > 0 ? 'done' : 'skipped';
    case 'way':
      return reach && reach.way !== 'this_computer' && !reach.problem ? 'done' : 'skipped';
    default:
      // Whether Fotoware was given the addresses is not seen from here before a notice comes.
      return arrived ? 'done' : 'number';
  }
}
