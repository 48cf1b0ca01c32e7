/** What was found between two pictures, in words; also where there was nothing to compare. Pure. */
import type { Comparison } from '../../api/types';
import { own } from '../../shared/picture';
import { text } from '../../text';

export interface Finding {
  readonly finding: string;
  readonly detail?: string;
}

export function finding(found: Comparison): Finding {
  const words = text.compare;
  const { state, share, width, height, which_absent } = found.picture;
  switch (state) {
    case 'absent':
      return { finding: words.absent[which_absent ?? 'both'] };
    case 'unreadable':
      return { finding: words.unreadable };
    case 'other_proportions':
      return { finding: words.otherProportions(pixels(found.old), pixels(found.new)) };
    case 'compared': {
      const [before, after] = [own(found.old)?.url, own(found.new)?.url];
      if (before !== undefined && before === after) return { finding: words.samePicture };
      const detail = width && height ? words.lookedAt(width, height) : undefined;
      return { finding: words.share(share ?? 0), detail };
    }
  }
}

function pixels(version: Comparison['old']): string {
  const { pixel_width, pixel_height } = version;
  if (pixel_width && pixel_height) return `${pixel_width} × ${pixel_height}`;
  const picture = own(version);
  return picture?.width && picture.height ? `${picture.width} × ${picture.height}` : '';
}
