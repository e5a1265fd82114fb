import { widened } from './choose-language.js';
import { LANGUAGES } from './languages/index.js';
import { Reader, type LanguageTexts } from './reader.js';

/** Makes readers by language: the host's texts stand before ours. */
export class Readers {
  /** @param languages BCP 47 tags of all of them @param own the host's texts, by language */
  constructor(
    readonly languages: readonly string[],
    private readonly own: Readonly<Record<string, LanguageTexts>>,
    /** For whom no language is known. */
    readonly fallback: string,
  ) {}

  /** @param language one of `languages`; null: the fallback */
  of(language: string | null): Reader {
    const shipped: Readonly<Record<string, LanguageTexts>> = LANGUAGES;
    const wanted = language ?? this.fallback;
    const sources = [...widened(wanted, this.languages), 'en'].flatMap((one) =>
      [this.own[one], shipped[one]].flatMap((texts) => (texts === undefined ? [] : { language: one, texts })),
    );
    return new Reader(wanted, sources);
  }
}
