import { ENGLISH } from '../../src/common/texts/languages/en/index.js';
import type { LanguageTexts } from '../../src/common/texts/reader.js';

/** A language whose every text stands between marks, so that words which are no text are found on a page. */
export const MARKED = 'en-XA';
const [OPEN, CLOSE] = ['\u27e6', '\u27e7'];

export function markedTexts(): LanguageTexts {
  const marked = (words: string) => `${OPEN}${words}${CLOSE}`;
  const entries = Object.entries(ENGLISH).map(([key, phrase]) => [
    key,
    typeof phrase === 'string'
      ? marked(phrase)
      : Object.fromEntries(Object.entries(phrase).map(([form, words]) => [form, marked(words)])),
  ]);
  return Object.fromEntries(entries) as LanguageTexts;
}

/** Names and values, which have no language of ours: their own element says so. What is hidden from readers repeats what is not. */
const VALUES = /^(?:bdi|code|time|style)$/;
/** What Intl writes: `3 minutes`, `30 days`. */
const FORMATTED = /^\d+ (?:second|minute|hour|day|month|year)s?$/;
const EMPTY = /^(?:meta|input|img|br|hr|link|path|circle|rect|line)$/;

/** The words of a page, in texts and in attributes that are read out, that are no text of ours and no value. */
export function unmarkedWords(page: string): string[] {
  const words: string[] = [];
  const open: { name: string; isValue: boolean }[] = [];
  let depth = 0;
  const stray = (text: string) => {
    let outside = '';
    for (const character of text) {
      if (character === OPEN) depth++;
      else if (character === CLOSE) depth--;
      else if (depth === 0) outside += character;
    }
    return outside.trim();
  };
  for (const [, closing, name, attributes = '', text] of withoutLanguages(page).matchAll(
    /<(\/?)([a-z0-9]+)((?:[^>"]|"[^"]*")*)>|([^<]+)/gi,
  )) {
    if (text !== undefined) {
      const outside = stray(text);
      const isValue = open.some((element) => element.isValue) || FORMATTED.test(outside);
      if (/\p{L}/u.test(outside) && !isValue) words.push(outside);
      continue;
    }
    for (const [, attribute, value] of attributes.matchAll(/ (aria-label|title|alt|placeholder)="([^"]*)"/g)) {
      if (/\p{L}/u.test(stray(value!)) && name !== 'time') words.push(`${attribute}=${value}`);
    }
    if (closing)
      open.splice(
        open.findLastIndex((element) => element.name === name),
        1,
      );
    else if (!EMPTY.test(name!) && !attributes.endsWith('/'))
      open.push({ name: name!, isValue: VALUES.test(name!) || /aria-hidden="true"|dir="ltr"/.test(attributes) });
  }
  return words;
}

/** Each language is named in itself, and the description of an error for developers is English by RFC 6749 5.2. */
function withoutLanguages(page: string): string {
  return page
    .replaceAll(/<!doctype html>/g, '')
    .replaceAll(/(<summary><span[^>]*>[^<]*<\/span>)[^<]*/g, '$1')
    .replaceAll(/<a [^>]*hreflang="[^"]*">[^<]*<\/a>/g, '')
    .replaceAll(/<span lang="en">[^<]*<\/span>/g, '');
}
