/** Where the listener can be put: the addresses that others reach, all of them, and the chosen one though it is gone. */
import type { ReachAddress } from '../api/types';

export const ALL = '0.0.0.0';

export interface Place {
  readonly address: string;
  /** What the system calls its interface. */
  readonly called: string;
  readonly kind: 'private' | 'public' | 'all' | 'gone';
}

export function placesOf(addresses: readonly ReachAddress[], chosen: string): Place[] {
  const here: Place[] = addresses.flatMap(({ address, name, kind }) =>
    kind === 'loopback' ? [] : [{ address, called: name, kind }],
  );
  const known = chosen === '' || chosen === ALL || addresses.some(({ address }) => address === chosen);
  return [
    ...here,
    ...(known ? [] : [{ address: chosen, called: '', kind: 'gone' as const }]),
    { address: ALL, called: '', kind: 'all' },
  ];
}
