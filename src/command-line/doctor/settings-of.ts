import { resolveCoreOptions, type AuthCoreOptions, type CoreSettings } from '../../common/options/core-options.js';

/** Options that are accepted, in place of those that a check does not look at. */
const ACCEPTED = { issuer: 'https://localhost', secret: 'abcdefghijklmnopqrstuvwxyz0123456789' };

/** What the kernel makes of these options alone. @throws Error naming the option, the fault and the remedy, as at the start of the server */
export function settingsOf(options: Partial<AuthCoreOptions>): CoreSettings {
  return resolveCoreOptions({ ...ACCEPTED, ...options });
}
