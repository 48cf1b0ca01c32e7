/** Parts of an address, where there is one. */

export function hostOf(url: string | null | undefined): string {
  return url && URL.canParse(url) ? new URL(url).host : '';
}

export function portOf(url: string | null | undefined): string {
  return url && URL.canParse(url) ? new URL(url).port : '';
}
