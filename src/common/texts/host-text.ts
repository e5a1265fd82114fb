import { escaped, PagePart } from '../html.js';
import { isLanguageTag, widened } from './choose-language.js';
import { inLanguage, type Reader } from './reader.js';

/** A text of the host: the same for all, or by language (BCP 47), where `en` stands in for those that are not given. */
export type HostText = string | ({ readonly en: string } & Readonly<Record<string, string>>);

class HostWords extends PagePart {
  constructor(private readonly given: HostText) {
    super();
  }

  markupFor(reader: Reader): string {
    const { given } = this;
    if (typeof given === 'string') return escaped(given);
    const language = widened(reader.language, Object.keys(given))[0] ?? 'en';
    return inLanguage(language, escaped(given[language] ?? given.en), reader);
  }
}

/** For the `html` tag. */
export function hostText(given: HostText): PagePart {
  return new HostWords(given);
}

/** @throws Error with option, fault and remedy */
export function requireHostText(option: string, given: HostText): HostText {
  if (typeof given === 'string') return requireWords(option, given);
  if (typeof given.en !== 'string')
    throw new Error(`${option}.en: it is missing. It stands in for languages that are not given.`);
  for (const [language, one] of Object.entries(given)) {
    requireLanguage(option, language);
    requireWords(`${option}.${language}`, one);
  }
  return Object.freeze({ ...given });
}

/** A permission without words would be granted unseen. */
function requireWords(option: string, words: unknown): string {
  if (typeof words !== 'string') throw new Error(`${option}: it is not a text. Give a text.`);
  if (!/\S/.test(words)) throw new Error(`${option}: it is empty. Give words, or leave the option out.`);
  return words;
}

/**
 * In its canonical form: two spellings of one language would be two languages.
 * @throws Error with option, fault and remedy
 */
export function requireLanguage(option: string, language: string): void {
  const canonical = isLanguageTag(language) ? canonicalOf(language) : null;
  if (canonical === null)
    throw new Error(
      `${option}: ${JSON.stringify(language)} is not a language. Give a tag such as 'nl' or 'pt-BR' (BCP 47).`,
    );
  if (canonical !== language)
    throw new Error(
      `${option}: ${JSON.stringify(language)} is not written as usual. Give ${JSON.stringify(canonical)}.`,
    );
}

function canonicalOf(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
