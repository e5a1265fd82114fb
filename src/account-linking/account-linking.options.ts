import { resolveSeconds, type Duration } from '../common/options/duration.js';
import { requireKnownKeys } from '../common/options/known-keys.js';
import type { NormaliseTokenAnswer } from '../common/outbound/answer-reader.js';
import { requirePageAddress } from '../common/options/page-address.js';
import type { ProviderOptions, ProviderSettings } from './providers/provider.options.js';
import { resolveProvider } from './providers/resolve-provider.js';
import { requireKinds, type OptionKinds } from '../common/options/option-kinds.js';

const KINDS: OptionKinds<AccountLinkingOptions> = {
  providers: 'blocks',
  linking: 'block',
  stateExpiresIn: 'duration',
  requestTimeout: 'duration',
  errorUrl: 'text',
  normaliseTokenAnswer: 'function',
};
const LINKING_KINDS: OptionKinds<LinkingOptions> = {
  enabled: 'flag',
  trustedProviders: 'texts',
  disableImplicitLinking: 'flag',
  requireLocalEmailVerified: 'flag',
  requireProviderEmailVerified: 'flag',
  allowDifferentEmails: 'flag',
  allowUnlinkingAll: 'flag',
  updateUserInfoOnLink: 'flag',
};

/** When an external account may be tied to a user. Strict by default. */
export interface LinkingOptions {
  /** False: accounts at providers make users of their own and are never linked to one. Default true. */
  readonly enabled?: boolean;
  /**
   * Providers whose word about an e-mail address is enough to sign in as the user who has that address (implicit linking). Name only those
   * that own the address or check it at every change. Default: none.
   */
  readonly trustedProviders?: readonly string[];
  /** No account is linked at sign-in, whoever vouches for it. Default false. */
  readonly disableImplicitLinking?: boolean;
  /** Implicit linking only to a user whose own address is verified: nobody waits for you in an account you have not made. Default true. */
  readonly requireLocalEmailVerified?: boolean;
  /** Implicit linking only with an address that the provider calls verified. Default true. */
  readonly requireProviderEmailVerified?: boolean;
  /** A signed-in user may link an account with another, or without, or with an unverified e-mail address. Default false. */
  readonly allowDifferentEmails?: boolean;
  /** The last sign-in method may be removed; the user then cannot come back. Default false. */
  readonly allowUnlinkingAll?: boolean;
  /** Name and image are taken over from the provider when a signed-in user links it. Default false. */
  readonly updateUserInfoOnLink?: boolean;
}

/** Sign-in and linking through external providers. */
export interface AccountLinkingOptions {
  /** Where users may come from. Default: none. */
  readonly providers?: readonly ProviderOptions[];
  readonly linking?: LinkingOptions;
  /** How long a user may take at the provider. Default `'10m'`, 1 minute to 1 hour. */
  readonly stateExpiresIn?: Duration;
  /** Time for one call to a provider. Default `'5s'`, 1 to 30 seconds. */
  readonly requestTimeout?: Duration;
  /**
   * For token answers that are odder than RFC 6749 5.1 and than what is read anyway (null, no type, scopes as a list, digits as a text): gets
   * `providerId` and the answer as it came, returns the one that is meant. Default: none.
   */
  readonly normaliseTokenAnswer?: NormaliseTokenAnswer;
  /** Where a failed sign-in ends that named no `errorCallbackURL`; gets `?error=…`. Default: our page `<prefix>/error`. */
  readonly errorUrl?: string;
}

export interface AccountLinkingSettings {
  readonly providers: readonly ProviderSettings[];
  readonly linking: Readonly<Required<Omit<LinkingOptions, 'trustedProviders'>>> & {
    readonly trustedProviders: ReadonlySet<string>;
  };
  readonly stateSeconds: number;
  readonly requestTimeoutSeconds: number;
  readonly normaliseTokenAnswer: NormaliseTokenAnswer | null;
  readonly errorUrl: string | null;
}

export const ACCOUNT_LINKING_SETTINGS = Symbol('nest-authority:account-linking-settings');

const LINKING_OPTIONS = [
  'enabled',
  'trustedProviders',
  'disableImplicitLinking',
  'requireLocalEmailVerified',
  'requireProviderEmailVerified',
  'allowDifferentEmails',
  'allowUnlinkingAll',
  'updateUserInfoOnLink',
] as const satisfies readonly (keyof LinkingOptions)[];

/** @throws Error with option and remedy; stops the boot */
export function resolveAccountLinkingOptions(options: AccountLinkingOptions | undefined): AccountLinkingSettings {
  const names = [
    'providers',
    'linking',
    'stateExpiresIn',
    'requestTimeout',
    'normaliseTokenAnswer',
    'errorUrl',
  ] as const;
  requireKnownKeys('accountLinking', options, names);
  requireKinds('accountLinking', options, KINDS);
  requireKinds('accountLinking.linking', options?.linking, LINKING_KINDS);
  requireKnownKeys('accountLinking.linking', options?.linking, LINKING_OPTIONS);
  const providers = (options?.providers ?? []).map(resolveProvider);
  const ids = providers.map(({ providerId }) => providerId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new Error(`accountLinking.providers: ${twice} is listed twice. Rename one.`);
  const { linking } = options ?? {};
  const trusted = linking?.trustedProviders ?? [];
  const unknown = trusted.find((id) => !ids.includes(id));
  if (unknown !== undefined)
    throw new Error(
      `accountLinking.linking.trustedProviders: there is no provider ${JSON.stringify(unknown)}. Give a providerId of the list.`,
    );
  return Object.freeze({
    providers: Object.freeze(providers),
    linking: Object.freeze({
      enabled: linking?.enabled ?? true,
      trustedProviders: new Set(trusted),
      disableImplicitLinking: linking?.disableImplicitLinking ?? false,
      requireLocalEmailVerified: linking?.requireLocalEmailVerified ?? true,
      requireProviderEmailVerified: linking?.requireProviderEmailVerified ?? true,
      allowDifferentEmails: linking?.allowDifferentEmails ?? false,
      allowUnlinkingAll: linking?.allowUnlinkingAll ?? false,
      updateUserInfoOnLink: linking?.updateUserInfoOnLink ?? false,
    }),
    stateSeconds: resolveSeconds('accountLinking.stateExpiresIn', options?.stateExpiresIn ?? '10m', {
      min: 60,
      max: 3_600,
    }),
    requestTimeoutSeconds: resolveSeconds('accountLinking.requestTimeout', options?.requestTimeout ?? '5s', {
      min: 1,
      max: 30,
    }),
    normaliseTokenAnswer: options?.normaliseTokenAnswer ?? null,
    errorUrl:
      options?.errorUrl === undefined
        ? null
        : requirePageAddress('accountLinking.errorUrl', options.errorUrl, { origins: null, takesQuery: false }),
  });
}
