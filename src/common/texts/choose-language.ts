import { weightedList } from '../weighted-list.js';

/** Longer lists are not from a browser. */
const MAX_WANTED = 32;
const TAG = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/;

/**
 * The first language on the list that we have (RFC 4647 3.4): `de-AT` is answered by `de-AT`, else by `de`.
 * @param wanted BCP 47 tags, the most wanted first; others are skipped
 */
export function chooseLanguage(wanted: readonly string[], offered: readonly string[]): string | null {
  for (const tag of wanted.slice(0, MAX_WANTED)) {
    const [found] = widened(tag, offered);
    if (found !== undefined) return found;
  }
  return null;
}

/** Those of the languages that answer a tag, the nearest first: for `de-AT` first `de-AT`, then `de`. */
export function widened(tag: string, offered: readonly string[]): string[] {
  if (!isLanguageTag(tag)) return [];
  const subtags = subtagsOf(tag);
  return subtags.flatMap((_subtag, index) => {
    const range = subtags.slice(0, subtags.length - index).join('-');
    return offered.find((one) => one.toLowerCase() === range) ?? [];
  });
}

/** Whether a text has the form of a tag (BCP 47). */
export function isLanguageTag(text: string): boolean {
  return TAG.test(text);
}

export function subtagsOf(tag: string): string[] {
  return tag.toLowerCase().split('-');
}

/** The languages of an `Accept-Language` header, the most wanted first (RFC 9110 12.5.4). */
export function acceptedLanguages(value: string | undefined): string[] {
  return weightedList(value)
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
    .map((one) => one.value);
}

/** The members of `ui_locales`: a list with spaces (OIDC Core 3.1.2.1). */
export function uiLocales(value: unknown): string[] {
  return typeof value === 'string' ? value.split(' ', MAX_WANTED).filter((tag) => tag !== '') : [];
}
