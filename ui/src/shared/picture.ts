import type { Picture } from '../api/types';

interface Pictures {
  readonly thumbnail: Picture;
  readonly preview: Picture;
  readonly large?: Picture | null;
}

export function kept(picture: Picture | null | undefined): Picture | undefined {
  return picture?.state === 'kept' && picture.url ? picture : undefined;
}

/** The smallest picture there is: the thumbnail, or the preview where no thumbnail came. */
export function smallest({ thumbnail, preview, large }: Pictures): Picture | undefined {
  return kept(thumbnail) ?? kept(preview) ?? kept(large);
}

export function largest({ thumbnail, preview, large }: Pictures): Picture | undefined {
  return kept(large) ?? kept(preview) ?? kept(thumbnail);
}
