import type { PageRow } from './page-visit.js';
import { ACCOUNT_ROWS } from './page-rows-account.js';
import { ADMINISTRATION_ROWS } from './page-rows-administration.js';
import { API_KEY_ROWS } from './page-rows-api-key.js';
import { OWN_ACCOUNT_ROWS } from './page-rows-own-account.js';
import { MAIL_ROWS } from './page-rows-mail.js';
import { OAUTH_ROWS } from './page-rows-oauth.js';
import { PASSKEY_ROWS } from './page-rows-passkeys.js';
import { RECOVERY_ROWS } from './page-rows-recovery.js';
import { SIGN_IN_ROWS } from './page-rows-sign-in.js';
import { TWO_FACTOR_ROWS } from './page-rows-two-factor.js';

/** Every page in every state: a line each. */
export const ROWS: readonly PageRow[] = [
  ...SIGN_IN_ROWS,
  ...RECOVERY_ROWS,
  ...MAIL_ROWS,
  ...OAUTH_ROWS,
  ...ACCOUNT_ROWS,
  ...OWN_ACCOUNT_ROWS,
  ...TWO_FACTOR_ROWS,
  ...PASSKEY_ROWS,
  ...API_KEY_ROWS,
  ...ADMINISTRATION_ROWS,
];
