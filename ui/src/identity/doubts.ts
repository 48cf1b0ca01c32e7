/** What speaks against two assets being one: worth a look before they are merged. Pure. */
import type { AssetDetail } from '../api/types';

/** Both are still there, or they differ in their archive, their kind, or the shape or size of the picture. */
export type Doubt = 'both_present' | 'archive' | 'kind' | 'shape' | 'size';

/** Widths over heights that are nearer than this are the same shape. */
const SAME_SHAPE = 0.02;

export function doubtsAbout(assets: readonly AssetDetail[]): Doubt[] {
  const [one, other] = assets;
  if (!one || !other) return [];
  const shapes = [one, other].map(({ pixel_width, pixel_height }) =>
    pixel_width && pixel_height ? pixel_width / pixel_height : undefined,
  );
  const differ = <Value>(value: (asset: AssetDetail) => Value | null | undefined) => {
    const [a, b] = [value(one), value(other)];
    return a != null && b != null && a !== b;
  };
  const [shape = 0, otherShape = 0] = shapes;
  const known = shapes.every((shape) => shape !== undefined);
  const otherwise = known && Math.abs(shape - otherShape) / Math.max(shape, otherShape) > SAME_SHAPE;
  return [
    one.state === 'present' && other.state === 'present' ? ('both_present' as const) : undefined,
    differ(({ archive }) => archive) ? ('archive' as const) : undefined,
    differ(({ doctype }) => doctype) ? ('kind' as const) : undefined,
    otherwise ? ('shape' as const) : undefined,
    !otherwise && differ(({ pixel_width }) => pixel_width) ? ('size' as const) : undefined,
  ].filter((doubt) => doubt !== undefined);
}
