import type { PageRow } from '../support/page-visit.js';
import { ACCOUNT_ROWS } from './account.rows.js';
import { ADMINISTRATION_ROWS } from './administration.rows.js';
import { API_KEY_ROWS } from './api-key.rows.js';
import { OAUTH_ROWS } from './oauth.rows.js';
import { SIGN_IN_ROWS } from './sign-in.rows.js';

/** Every page in every state: a line each. */
export const ROWS: readonly PageRow[] = [
  ...SIGN_IN_ROWS,
  ...OAUTH_ROWS,
  ...ACCOUNT_ROWS,
  ...API_KEY_ROWS,
  ...ADMINISTRATION_ROWS,
];
