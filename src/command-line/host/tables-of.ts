import { AUTH_CAPABILITIES, type AuthOptions, type AuthTables } from '../../index.js';
import { enabledCapabilities } from '../../auth.options.js';

/** The tables that these options need; `sessions` in place of `accounts` where the users are the host's. */
export function tablesOf(options: AuthOptions): AuthTables[] {
  const hasOwnUsers = typeof options.accounts === 'object' && options.accounts.users !== undefined;
  return enabledCapabilities(options)
    .filter((name) => AUTH_CAPABILITIES.includes(name))
    .map((name) => (name === 'accounts' && hasOwnUsers ? 'sessions' : name));
}
