import { ARABIC } from './ar/index.js';
import { GERMAN } from './de/index.js';
import { ENGLISH } from './en/index.js';
import { SPANISH } from './es/index.js';
import { FRENCH } from './fr/index.js';
import { JAPANESE } from './ja/index.js';
import { PORTUGUESE } from './pt/index.js';
import { CHINESE } from './zh/index.js';

/** The languages that we ship, by BCP 47 tag. Each has every text. */
export const LANGUAGES = {
  en: ENGLISH,
  de: GERMAN,
  fr: FRENCH,
  es: SPANISH,
  pt: PORTUGUESE,
  ja: JAPANESE,
  zh: CHINESE,
  ar: ARABIC,
};
