/** What was found between two pictures, in words; also where there was nothing to compare. Pure. */
import type { Comparison, PicturePart } from '../../api/types';
import { own, standingOf } from '../../shared/standing';
import { text } from '../../text';

export interface Finding {
  readonly finding: string;
  readonly detail?: string;
}

export function finding(found: Comparison): Finding {
  const words = text.compare;
  const { state, share, width, height, old_part, new_part } = found.picture;
  switch (state) {
    case 'absent':
      return { finding: absent(found) };
    case 'unreadable':
      return { finding: words.unreadable };
    case 'other_proportions':
      return { finding: words.otherProportions(pixels(found.old), pixels(found.new)) };
    case 'compared': {
      const [before, after] = [own(found.old)?.url, own(found.new)?.url];
      if (before !== undefined && before === after) return { finding: words.samePicture };
      const detail = width && height ? words.lookedAt(width, height) : undefined;
      const framing = old_part
        ? words.cropped(area(old_part))
        : new_part
          ? words.extended(area(new_part))
          : undefined;
      const changed = framing ? words.shareOfBoth(share ?? 0) : words.share(share ?? 0);
      return {
        finding: [framing, words.lighter(found.picture.lighter ?? 0), changed].filter(Boolean).join(' · '),
        detail,
      };
    }
  }
}

function area({ width, height }: PicturePart): number {
  return width * height;
}

/** Where the old picture lies on the new one, in shares of the new one's sides; undefined where both are the same. */
export function placeOfOld({ picture }: Comparison): PicturePart | undefined {
  const { old_part: shown, new_part: covered } = picture;
  if (covered) return covered;
  if (!shown) return undefined;
  return {
    left: -shown.left / shown.width,
    top: -shown.top / shown.height,
    width: 1 / shown.width,
    height: 1 / shown.height,
  };
}

/** A side whose picture may still come is waited for, unless the other one's never will. */
function absent({ old, new: newer, picture }: Comparison): string {
  const { onItsWay, absent } = text.compare;
  const which = picture.which_absent ?? 'both';
  const sides = { old: [old], new: [newer], both: [old, newer] }[which];
  return sides.every((side) => standingOf(side).kind === 'on_its_way') ? onItsWay[which] : absent[which];
}

function pixels(version: Comparison['old']): string {
  const { pixel_width, pixel_height } = version;
  if (pixel_width && pixel_height) return `${pixel_width} × ${pixel_height}`;
  const picture = own(version);
  return picture?.width && picture.height ? `${picture.width} × ${picture.height}` : '';
}
