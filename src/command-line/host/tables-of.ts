import { enabledCapabilities } from '../../auth.options.js';
import type { AuthOptions, AuthTables } from '../../index.js';

/** The tables that these options need; `sessions` in place of `accounts` where the users are the host's. */
export function tablesOf(options: AuthOptions): AuthTables[] {
  const hasOwnUsers = typeof options.accounts === 'object' && options.accounts.users !== undefined;
  return enabledCapabilities(options).map((name) => (name === 'accounts' && hasOwnUsers ? 'sessions' : name));
}
