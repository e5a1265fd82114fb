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

/** All texts of our pages, in German, with the polite Sie. */
export const GERMAN = {
  ...FRAME,
  ...SIGN_IN,
  ...OAUTH,
  ...ACCOUNT,
  ...API_KEYS,
  ...ADMINISTRATION,
  ...ERRORS,
  ...RECOVERY,
  ...OWN_ACCOUNT,
  ...SIGN_IN_BY_MAIL,
  ...PASSKEYS,
  ...TWO_FACTOR,
} as const;
