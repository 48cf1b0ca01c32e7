/** Parts of an address, where there is one. */

export function hostOf(url: string | null | undefined): string {
  return url && URL.canParse(url) ? new URL(url).host : '';
}

export function portOf(url: string | null | undefined): string {
  return url && URL.canParse(url) ? new URL(url).port : '';
}

/** Whether only programs on this computer find it. */
export function isLocal(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
