import { ENGLISH } from './en/index.js';

/** The languages that we ship, by BCP 47 tag. Each has every text. */
export const LANGUAGES = { en: ENGLISH };
