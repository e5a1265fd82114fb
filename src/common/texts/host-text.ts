import { escaped, PagePart } from '../html.js';
import type { Reader } from './reader.js';

/** A text of the host: the same for all, or by language (BCP 47), where `en` stands in for those that are not given. */
export type HostText = string | ({ readonly en: string } & Readonly<Record<string, string>>);

class HostWords extends PagePart {
  constructor(private readonly given: HostText) {
    super();
  }

  markupFor({ language }: Reader): string {
    const { given } = this;
    return escaped(typeof given === 'string' ? given : (given[language] ?? given.en));
  }
}

/** For the `html` tag. */
export function hostText(given: HostText): PagePart {
  return new HostWords(given);
}

const LANGUAGE = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/;

/** @throws Error with option, fault and remedy */
export function requireHostText(option: string, given: HostText): HostText {
  if (typeof given === 'string') return given;
  if (typeof given.en !== 'string')
    throw new Error(`${option}.en: it is missing. It stands in for languages that are not given.`);
  for (const [language, one] of Object.entries(given)) {
    requireLanguage(option, language);
    if (typeof one !== 'string') throw new Error(`${option}.${language}: it is not a text. Give a text.`);
  }
  return Object.freeze({ ...given });
}

/** @throws Error with option, fault and remedy */
export function requireLanguage(option: string, language: string): void {
  if (!LANGUAGE.test(language))
    throw new Error(
      `${option}: ${JSON.stringify(language)} is not a language. Give a tag such as 'nl' or 'pt-BR' (BCP 47).`,
    );
}
