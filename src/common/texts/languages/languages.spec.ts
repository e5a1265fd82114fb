import { readdirSync } from 'node:fs';
import { valuesOf, type Phrase } from '../phrase.js';
import { ENGLISH, type TextKey } from './en/index.js';
import { LANGUAGES } from './index.js';

/** What texts count: characters, requests, days. `many` of French, Spanish and Portuguese begins at a million, and reads as `other` does. */
const COUNTED = Array.from({ length: 101 }, (_, number) => number);
/** Texts that say the same in English and in another language. */
const SHARED = new Set(['frame.windowTitle', 'frame.errorTitle', 'clients.one']);
/** Signs that a careful writer of the language does not set. */
const WRONG_SIGNS: Readonly<Record<string, RegExp>> = {
  en: /[„«»]/,
  de: /[”«»]|\s[:;?!]/,
  fr: /[^\u202f][:;?!»]|«[^\u202f]|['“”]/u,
  es: /[“”]|^[^¿]*\?|^[^¡]*!/,
  pt: /[«»]|\s[:;?!]/,
  ja: /[?!;,]|\.$/,
  zh: /[?!;,:]|\.$/,
  ar: /[?;,]/,
};

const listOf = (texts: Readonly<Record<string, Phrase>>) => Object.entries(texts);
const formsOf = (texts: Readonly<Record<string, Phrase>>) =>
  listOf(texts).flatMap(([key, phrase]) =>
    (typeof phrase === 'string' ? [phrase] : Object.values(phrase)).map((form) => [key, form] as const),
  );
const english = (key: string): Phrase => ENGLISH[key as TextKey];

describe.each(Object.entries(LANGUAGES))('the texts of %s', (language, texts) => {
  it('are all there, with the values of the English ones', () => {
    expect(Object.keys(texts).toSorted()).toEqual(Object.keys(ENGLISH).toSorted());
    const others = listOf(texts).filter(([key, phrase]) => String(valuesOf(phrase)) !== String(valuesOf(english(key))));
    expect(others).toEqual([]);
  });

  it('stand in one file each: the later of two would hide the other', async () => {
    const folder = new URL(`./${language}/`, import.meta.url);
    const files = readdirSync(folder).filter((name) => name !== 'index.ts');
    const parts = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
    const keys = parts.flatMap((part) => Object.values(part).flatMap((group) => Object.keys(group as object)));
    expect(keys.toSorted()).toEqual(Object.keys(texts).toSorted());
  });

  it('have the plural forms of the language: each that a number up to 100 takes', () => {
    const rules = new Intl.PluralRules(language);
    const needed = [...new Set(COUNTED.map((number) => rules.select(number)))].toSorted();
    const wanted = listOf(texts).map(([key]) => [key, typeof english(key) === 'object' ? needed : 'one form']);
    const given = listOf(texts).map(([key, phrase]) => [
      key,
      typeof phrase === 'object' ? Object.keys(phrase).toSorted() : 'one form',
    ]);
    expect(given).toEqual(wanted);
  });

  it('are words and no markup, without spaces around them', () => {
    expect(formsOf(texts).filter(([, form]) => /[<>&]|^\s|\s$| {2}|^$/.test(form))).toEqual([]);
  });

  it('have the signs of their script', () => {
    expect(formsOf(texts).filter(([, form]) => WRONG_SIGNS[language]!.test(form))).toEqual([]);
  });

  it('are its own: no sentence stayed English', () => {
    const same = formsOf(texts).filter(([key, form]) => form.includes(' ') && form === english(key));
    expect(same.filter(([key]) => language !== 'en' && !SHARED.has(key))).toEqual([]);
  });
});
