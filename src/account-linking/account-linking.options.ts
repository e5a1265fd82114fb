import type { Duration } from '../common/options/duration.js';
import { duration, flag, given, hook, texts } from '../common/options/option.js';
import { requirePageAddress } from '../common/options/page-address.js';
import { block, readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';
import type { NormaliseTokenAnswer } from '../common/outbound/answer-reader.js';
import type { ProviderOptions, ProviderSettings } from './providers/provider.options.js';
import { resolveProvider } from './providers/provider.settings.js';

/** When an external account may be linked to a user. Strict by default. */
export interface LinkingOptions {
  /** False: every account at a provider gets a user of its own and is never linked to another. Default true. */
  readonly enabled?: boolean;
  /**
   * Providers that are trusted with e-mail addresses: an account there may sign in as the user who has the same address (implicit linking). Name
   * only providers that own the address or check it at every change. Default: none.
   */
  readonly trustedProviders?: readonly string[];
  /** No account is linked at sign-in, not even by a trusted provider. Default false. */
  readonly disableImplicitLinking?: boolean;
  /** Implicit linking only to a user whose own address is verified: an attacker who signed up with your address must not get your sign-ins. Default true. */
  readonly requireLocalEmailVerified?: boolean;
  /** Implicit linking only with an address that the provider has verified. Default true. */
  readonly requireProviderEmailVerified?: boolean;
  /** A signed-in user may link an account whose e-mail address is another one, missing or unverified. Default false. */
  readonly allowDifferentEmails?: boolean;
  /** The last sign-in method may be removed; the user then cannot sign in again. Default false. */
  readonly allowUnlinkingAll?: boolean;
  /** When a signed-in user links an account, its name and image become the user's. Default false. */
  readonly updateUserInfoOnLink?: boolean;
}

/** Sign-in and linking through external providers. */
export interface AccountLinkingOptions {
  /** The external providers. Default: none. */
  readonly providers?: readonly ProviderOptions[];
  /** When an external account may be linked to a user. Default: strict. */
  readonly linking?: LinkingOptions;
  /** How long a user may take at the provider. Default `'10m'`, 1 minute to 1 hour. */
  readonly stateExpiresIn?: Duration;
  /** Time for one call to a provider. Default `'5s'`, 1 to 30 seconds. */
  readonly requestTimeout?: Duration;
  /**
   * For token responses that differ from RFC 6749 5.1 by more than is read anyway (null, no type, scopes as a list, digits as a text): gets
   * `providerId` and the response as it came, returns it corrected. Default: none.
   */
  readonly normaliseTokenAnswer?: NormaliseTokenAnswer;
  /** Where a failed sign-in without `errorCallbackURL` ends; gets `?error=…`. Default: our page `<prefix>/error`. */
  readonly errorUrl?: string;
}

export const ACCOUNT_LINKING_OPTIONS = {
  providers: given<readonly ProviderOptions[]>('blocks', []),
  linking: block({
    enabled: flag(true),
    trustedProviders: texts(),
    disableImplicitLinking: flag(false),
    requireLocalEmailVerified: flag(true),
    requireProviderEmailVerified: flag(true),
    allowDifferentEmails: flag(false),
    allowUnlinkingAll: flag(false),
    updateUserInfoOnLink: flag(false),
  }),
  stateExpiresIn: duration({ fallback: '10m', min: 60, max: 3_600 }),
  requestTimeout: duration({ fallback: '5s', min: 1, max: 30 }),
  normaliseTokenAnswer: hook(),
  errorUrl: given('text'),
} satisfies OptionsOf<AccountLinkingOptions>;

type Given = SettingsOf<typeof ACCOUNT_LINKING_OPTIONS>;

/** The resolved options: all defaults filled in, frozen. */
export interface AccountLinkingSettings extends Omit<Given, 'providers' | 'linking'> {
  readonly providers: readonly ProviderSettings[];
  readonly linking: Omit<Given['linking'], 'trustedProviders'> & { readonly trustedProviders: ReadonlySet<string> };
}

export const ACCOUNT_LINKING_SETTINGS = Symbol('nest-authority:account-linking-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveAccountLinkingOptions(options: AccountLinkingOptions | undefined): AccountLinkingSettings {
  const settings = readOptions('accountLinking', options, ACCOUNT_LINKING_OPTIONS);
  const providers = settings.providers.map(resolveProvider);
  const ids = providers.map(({ providerId }) => providerId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`accountLinking.providers: ${twice} is listed twice. Rename one.`);
  const trustedProviders = new Set(settings.linking.trustedProviders);
  const unknown = [...trustedProviders].find((id) => !ids.includes(id));
  if (unknown !== undefined)
    throw new Error(
      `accountLinking.linking.trustedProviders: there is no provider ${JSON.stringify(unknown)}. Give a providerId of the list.`,
    );
  const rules = { origins: null, takesQuery: false };
  return Object.freeze({
    ...settings,
    providers: Object.freeze(providers),
    linking: Object.freeze({ ...settings.linking, trustedProviders }),
    errorUrl:
      settings.errorUrl === null ? null : requirePageAddress('accountLinking.errorUrl', settings.errorUrl, rules),
  });
}
