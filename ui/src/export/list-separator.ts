/** Which letter the reader's spreadsheet splits a CSV file at. */

/** Where the comma stands within numbers, lists are separated by semicolons. Without a language nothing is known of. */
export function splitsAtSemicolons(languages: readonly string[]): boolean {
  for (const language of languages) {
    try {
      return new Intl.NumberFormat(language).format(0.5).includes(',');
    } catch {
      // "C" is what a system without a language calls it.
    }
  }
  return false;
}
