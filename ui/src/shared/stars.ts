const FULL = 5;

/** A rating as stars; empty if there is none. */
export function stars(rating: number | null | undefined): string {
  const full = Math.min(Math.max(Math.round(rating ?? 0), 0), FULL);
  return full === 0 ? '' : '★'.repeat(full) + '☆'.repeat(FULL - full);
}
