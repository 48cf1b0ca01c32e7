/** The language that the window speaks. Figures and days are written in it too, whatever else the browser speaks. */

/** Of the words in `text.ts`. */
export const LANGUAGE = 'en';

/** The person's own English where they read one (which day comes first, 12 hours or 24), else the European. */
export const LOCALE = localeFor(LANGUAGE, typeof navigator === 'undefined' ? [] : navigator.languages);

export function localeFor(language: string, languages: readonly string[]): string {
  return languages.find((tag) => languageOf(tag) === language) ?? `${language}-GB`;
}

/** A window on a system without a language calls it "C", which is none. */
function languageOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).language;
  } catch {
    return undefined;
  }
}
