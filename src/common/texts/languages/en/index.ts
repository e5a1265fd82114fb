import type { Phrase } from '../../phrase.js';
import { ACCOUNT } from './account.js';
import { ADMINISTRATION } from './administration.js';
import { API_KEYS } from './api-keys.js';
import { ERRORS } from './errors.js';
import { FRAME } from './frame.js';
import { OAUTH } from './oauth.js';
import { OWN_ACCOUNT } from './own-account.js';
import { PASSKEYS } from './passkeys.js';
import { RECOVERY } from './recovery.js';
import { SIGN_IN } from './sign-in.js';
import { SIGN_IN_BY_MAIL } from './sign-in-by-mail.js';
import { TWO_FACTOR } from './two-factor.js';

/** All texts of our pages, in English. Texts of other languages have the same names and values. */
export const ENGLISH = {
  ...FRAME,
  ...SIGN_IN,
  ...SIGN_IN_BY_MAIL,
  ...RECOVERY,
  ...PASSKEYS,
  ...OAUTH,
  ...ACCOUNT,
  ...OWN_ACCOUNT,
  ...API_KEYS,
  ...TWO_FACTOR,
  ...ADMINISTRATION,
  ...ERRORS,
} as const satisfies Record<string, Phrase>;

/** The name of a text. */
export type TextKey = keyof typeof ENGLISH;
