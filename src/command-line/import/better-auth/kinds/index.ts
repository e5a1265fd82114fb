import type { Kind } from '../kind.js';
import { API_KEYS } from './api-keys.js';
import { CLIENTS } from './clients.js';
import { CONSENTS } from './consents.js';
import { LINKED_ACCOUNTS } from './linked-accounts.js';
import { REFRESH_TOKENS } from './refresh-tokens.js';
import { SECOND_FACTORS } from './second-factors.js';
import { SESSIONS } from './sessions.js';
import { USERS } from './users.js';

/** Everything that is moved; what hangs on something comes after it. */
export const MOVED_KINDS: readonly Kind[] = [
  USERS,
  SECOND_FACTORS,
  LINKED_ACCOUNTS,
  SESSIONS,
  API_KEYS,
  CLIENTS,
  CONSENTS,
  REFRESH_TOKENS,
];
