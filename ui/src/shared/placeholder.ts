/** A thumbhash is some 25 bytes that become a blurred picture: what a tile shows before its own picture is there. */
import { thumbHashToDataURL } from 'thumbhash';

const KEPT = 2000;
const drawn = new Map<string, string>();

export function placeholderUrl(thumbhash: string | null | undefined): string | undefined {
  if (!thumbhash) return undefined;
  const known = drawn.get(thumbhash);
  if (known !== undefined) return known || undefined;
  const url = draw(thumbhash);
  if (drawn.size >= KEPT) drawn.clear();
  drawn.set(thumbhash, url);
  return url || undefined;
}

function draw(thumbhash: string): string {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
}
