import { ACCOUNT } from './account.js';
import { ADMINISTRATION } from './administration.js';
import { API_KEYS } from './api-keys.js';
import { ERRORS } from './errors.js';
import { FRAME } from './frame.js';
import { OAUTH } from './oauth.js';
import { RECOVERY } from './recovery.js';
import { SIGN_IN } from './sign-in.js';

/** All texts of our pages, in Portuguese as it is written in Brazil. */
export const PORTUGUESE = {
  ...FRAME,
  ...SIGN_IN,
  ...OAUTH,
  ...ACCOUNT,
  ...API_KEYS,
  ...ADMINISTRATION,
  ...ERRORS,
  ...RECOVERY,
} as const;
