import type { Picture } from '../api/types';

interface Pictures {
  readonly thumbnail: Picture;
  readonly preview: Picture;
  readonly large?: Picture | null;
}

/** What can be shown for it: the picture itself, or an earlier one that the server names while its own is not there. */
export function shown(picture: Picture | null | undefined): Picture | undefined {
  return picture?.url ? picture : undefined;
}

/** The smallest picture there is: the thumbnail, or the preview where no thumbnail came. */
export function smallest({ thumbnail, preview, large }: Pictures): Picture | undefined {
  return shown(thumbnail) ?? shown(preview) ?? shown(large);
}

export function largest({ thumbnail, preview, large }: Pictures): Picture | undefined {
  return shown(large) ?? shown(preview) ?? shown(thumbnail);
}

/** The best picture that was kept of this very version, not an earlier one that stands in for it. */
export function own({ thumbnail, preview, large }: Pictures): Picture | undefined {
  return [large, preview, thumbnail].find((picture) => picture?.state === 'kept' && picture.url) ?? undefined;
}
