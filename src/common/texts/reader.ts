import { ENGLISH, type TextKey } from './languages/en/index.js';
import { LANGUAGES } from './languages/index.js';
import type { Phrase } from './phrase.js';
import { subtagsOf } from './choose-language.js';

/** The texts of one language; English stands in for those that are missing. */
export type LanguageTexts = Readonly<Partial<Record<TextKey, Phrase>>>;

/** The scripts in use that are written from the right (ISO 15924). */
const FROM_THE_RIGHT: ReadonlySet<string | undefined> = new Set([
  'Adlm',
  'Arab',
  'Aran',
  'Hebr',
  'Nkoo',
  'Rohg',
  'Syrc',
  'Thaa',
]);

/** Texts, and the language that they are in. */
export interface TextSource {
  readonly language: string;
  readonly texts: LanguageTexts;
}

/** For whom a page is written: their language and its texts. */
export class Reader {
  readonly direction: 'ltr' | 'rtl';

  /** @param sources the most wanted first; English stands in for what none of them has */
  constructor(
    /** BCP 47 tag, e.g. `pt`. */
    readonly language: string,
    private readonly sources: readonly TextSource[],
    readonly now = new Date(),
  ) {
    this.direction = directionOf(language);
  }

  /** A text, and the language that it is in: another one than the page's where that lacks it. */
  phrase(key: TextKey): { readonly phrase: Phrase; readonly language: string } {
    const found = this.sources.find(({ texts }) => texts[key] !== undefined);
    return { phrase: found?.texts[key] ?? ENGLISH[key], language: found?.language ?? 'en' };
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.language).format(value);
  }

  /** E.g. `3 minutes`, in the largest unit that leaves at least one. */
  duration(seconds: number): string {
    const [unit, size] = unitOf(seconds);
    const options = { style: 'unit', unit, unitDisplay: 'long' } as const;
    return new Intl.NumberFormat(this.language, options).format(Math.ceil(seconds / size));
  }

  /** E.g. `5 minutes ago`, `tomorrow`. */
  relative(time: Date): string {
    const seconds = Math.round((time.getTime() - this.now.getTime()) / 1000);
    const [unit, size] = unitOf(Math.abs(seconds));
    return new Intl.RelativeTimeFormat(this.language, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
  }

  /** E.g. `Nov 29, 2026`. In UTC: without scripts a page does not know its reader's time zone. */
  date(time: Date): string {
    return new Intl.DateTimeFormat(this.language, { dateStyle: 'medium', timeZone: 'UTC' }).format(time);
  }

  /** E.g. `Nov 29, 2026, 11:02 PM UTC`. */
  moment(time: Date): string {
    const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' } as const;
    return `${new Intl.DateTimeFormat(this.language, options).format(time)} UTC`;
  }
}

/** A reader of one of our own languages, with our own texts. */
export function readerOf(language: keyof typeof LANGUAGES): Reader {
  return new Reader(language, [{ language, texts: LANGUAGES[language] }]);
}

/** Markup of words on a page: marked where they are in another language, by whose rules a screen reader must read them (WCAG 3.1.2). */
export function inLanguage(language: string, markup: string, reader: Reader): string {
  if (subtagsOf(language)[0] === subtagsOf(reader.language)[0]) return markup;
  return `<span lang="${language}" dir="${directionOf(language)}">${markup}</span>`;
}

function directionOf(language: string): 'ltr' | 'rtl' {
  // By the script: one language may be written in several (`ckb`, `uz-Arab`).
  return FROM_THE_RIGHT.has(new Intl.Locale(language).maximize().script) ? 'rtl' : 'ltr';
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

function unitOf(seconds: number): readonly [Intl.RelativeTimeFormatUnitSingular, number] {
  return UNITS.find(([, size]) => seconds >= size) ?? ['second', 1];
}
