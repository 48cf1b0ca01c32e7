/** The server sends the ratios of a whole result as one byte each, on a logarithmic scale from 0.2 to 5. */
const SCALE = Float32Array.from({ length: 256 }, (_, byte) => 0.2 * 25 ** (byte / 255));

export function ratiosFrom(base64: string): Float32Array {
  const bytes = atob(base64);
  const ratios = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) ratios[i] = SCALE[bytes.charCodeAt(i)] ?? 1;
  return ratios;
}
