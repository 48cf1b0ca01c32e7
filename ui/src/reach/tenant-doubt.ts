/** Whether an address can be that of a Fotoware site, as far as it tells by itself. Pure: it looks nothing up. */

/** A name without a dot that the own network may know; text that is no address. */
export type Doubt = 'no_dot' | 'no_address';

export function doubtOf(typed: string): Doubt | undefined {
  const text = typed.trim();
  if (!text) return undefined;
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(written)) return 'no_address';
  const { hostname, protocol } = new URL(written);
  if (protocol !== 'https:' && protocol !== 'http:') return 'no_address';
  const known = hostname === 'localhost' || hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return known || hostname.replace(/\.$/, '').includes('.') ? undefined : 'no_dot';
}
