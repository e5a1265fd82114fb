import type { AccountLinkingOptions } from './account-linking/account-linking.options.js';
import type { AccountsOptions } from './accounts/accounts.options.js';
import type { ApiKeysOptions } from './api-keys/api-keys.options.js';
import type { BearerOptions } from './bearer/bearer.options.js';
import type { ClientCredentialsOptions } from './client-credentials/client-credentials.options.js';
import {
  AUTH_CORE_OPTIONS,
  AUTH_STATIC_OPTIONS,
  type AuthCoreOptions,
  type AuthStaticOptions,
} from './common/options/core-options.js';
import { given } from './common/options/option.js';
import { readOptions, requireKnownKeys } from './common/options/read-options.js';
import type { DeviceOptions } from './device/device.options.js';
import type { JwtOptions } from './jwt/jwt.options.js';
import type { OAuthProviderOptions } from './oauth-provider/oauth-provider.options.js';
import type { JwtBearerOptions } from './jwt-bearer/jwt-bearer.options.js';
import type { PasskeysOptions } from './passkeys/passkeys.options.js';
import type { TokenExchangeOptions } from './token-exchange/token-exchange.options.js';
import type { TwoFactorOptions } from './two-factor/two-factor.options.js';

/** One block per capability; a block that is absent (or false) leaves the capability out. */
export interface AuthCapabilityOptions {
  /** E-mail sign-up and sign-in, sessions. On by default; `false` leaves it out. */
  readonly accounts?: AccountsOptions | boolean;
  /** Access and refresh tokens for first-party apps. On by default, with refresh tokens off; `false` leaves it out. */
  readonly bearer?: BearerOptions | boolean;
  /** Sign-in through external providers and linked accounts. Off unless given. */
  readonly accountLinking?: AccountLinkingOptions | boolean;
  /** API keys for users, organisations and services. */
  readonly apiKeys?: ApiKeysOptions | boolean;
  /** Tokens that this server fetches from other servers and keeps (`outbound`), and the client_credentials grant. Off by default. */
  readonly clientCredentials?: ClientCredentialsOptions | boolean;
  /** Sign-in on televisions, consoles and command lines (RFC 8628). Needs accounts. Off by default. */
  readonly device?: DeviceOptions | boolean;
  /** JWTs for services that verify offline, and the key set they need. Off by default; `true` or a block turns it on. */
  readonly jwt?: JwtOptions | boolean;
  /** Tokens for assertions of issuers that are trusted (RFC 7523), identity assertions among them (ID-JAG). Needs oauthProvider. Off by default. */
  readonly jwtBearer?: JwtBearerOptions | boolean;
  /** OAuth 2.1 authorization server and OpenID provider. Needs accounts and jwt. Off by default. */
  readonly oauthProvider?: OAuthProviderOptions | boolean;
  /** Sign-in by passkeys (WebAuthn). Needs accounts and the package `@simplewebauthn/server`. Off by default. */
  readonly passkeys?: PasskeysOptions | boolean;
  /** Exchange of tokens (RFC 8693): a service acts for a user at the next service. Needs oauthProvider. Off by default. */
  readonly tokenExchange?: TokenExchangeOptions | boolean;
  /** A second factor at sign-in: codes of an app, backup codes, codes by mail. Needs accounts. Off by default. */
  readonly twoFactor?: TwoFactorOptions | boolean;
}

/** What `AuthModule.forRoot` takes. */
export type AuthOptions = AuthCoreOptions & AuthStaticOptions & AuthCapabilityOptions;

/** Names of the capabilities. */
export const AUTH_CAPABILITIES = [
  'accounts',
  'bearer',
  'accountLinking',
  'apiKeys',
  'clientCredentials',
  'device',
  'jwt',
  'jwtBearer',
  'oauthProvider',
  'passkeys',
  'tokenExchange',
  'twoFactor',
] as const satisfies readonly (keyof AuthCapabilityOptions)[];
/** One of them, as `capabilities` names it. */
export type AuthCapability = (typeof AUTH_CAPABILITIES)[number];

/** On unless switched off. */
const DEFAULT_CAPABILITIES: ReadonlySet<AuthCapability> = new Set(['accounts', 'bearer']);

const CAPABILITY_OPTIONS = Object.fromEntries(AUTH_CAPABILITIES.map((name) => [name, given(['flag', 'block'])]));

/** Which capabilities these options ask for. */
export function enabledCapabilities(options: AuthCapabilityOptions): AuthCapability[] {
  return AUTH_CAPABILITIES.filter((name) => {
    const block = options[name];
    return block === undefined ? DEFAULT_CAPABILITIES.has(name) : block !== false;
  });
}

/** The options of one capability; `true` and an absent block become `{}`. */
export function blockOf<Name extends AuthCapability>(
  options: AuthCapabilityOptions,
  name: Name,
): Exclude<AuthCapabilityOptions[Name], boolean | undefined> {
  const block = options[name];
  return (typeof block === 'object' ? block : {}) as Exclude<AuthCapabilityOptions[Name], boolean | undefined>;
}

/**
 * Checks what concerns more than one capability: unknown names, and options of capabilities that are not enabled.
 * @param enabled the capabilities whose modules exist; in `forRootAsync` they are named before the options are known
 * @throws Error with the contradiction and the remedy; stops the boot
 */
export function checkOptions(options: AuthOptions, enabled: readonly AuthCapability[]): AuthOptions {
  if (!options || typeof options !== 'object') throw new Error('AuthModule.forRoot: give at least { issuer, secret }.');
  const table = { ...AUTH_STATIC_OPTIONS, ...CAPABILITY_OPTIONS };
  requireKnownKeys('AuthModule.forRoot', options, Object.keys({ ...AUTH_CORE_OPTIONS, ...table }));
  readOptions('', options, table);
  for (const name of AUTH_CAPABILITIES) {
    const wanted = options[name] !== undefined && options[name] !== false;
    if (wanted && !enabled.includes(name))
      throw new Error(
        `AuthModule.forRootAsync: options.${name} is given but "${name}" is not in capabilities. Add it there; modules are made before the factory runs.`,
      );
    if (options[name] === false && enabled.includes(name))
      throw new Error(
        `AuthModule.forRootAsync: options.${name} is false but "${name}" is in capabilities. Give capabilities without it; modules are made before the factory runs.`,
      );
  }
  return options;
}
