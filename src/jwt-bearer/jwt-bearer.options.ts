import type { TokenClaims } from '../common/issuers/claim-path.js';
import { requireDistinct } from '../common/issuers/trusted-issuer.options.js';
import type { CoreSettings } from '../common/options/core-options.js';
import { given, hook } from '../common/options/option.js';
import { readOptions, type OptionsOf } from '../common/options/read-options.js';
import type { Client } from '../common/ports/authorization-server.js';
import type { HostUser } from '../common/ports/user-directory.js';
import type { AssertionIssuerOptions, AssertionIssuerSettings } from './issuers/assertion-issuer.options.js';
import { resolveAssertionIssuer } from './issuers/assertion-issuer.settings.js';

/** What an assertion would buy, when everything else is right. */
export interface AssertionGrant {
  readonly user: HostUser;
  readonly client: Client;
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** Empty: this server. */
  readonly resources: readonly string[];
  /** How the user has signed in there (OIDC Core 2), in the words of that issuer. Null: it does not say. */
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** When (`auth_time`). Null: it does not say. */
  readonly authenticatedAt: Date | null;
  /** All that the issuer says. */
  readonly claims: TokenClaims;
}

/**
 * Has the last word on an assertion: returns the scopes to grant, some of those it is asked for; nothing: all of them.
 * Throws `AuthError` to refuse; all else refuses too.
 */
export type AuthorizeAssertion = (
  grant: AssertionGrant,
) => readonly string[] | void | Promise<readonly string[] | void>;

/** Tokens for assertions of others (RFC 7523). */
export interface JwtBearerOptions {
  /** Issuers whose assertions are taken. Default: none. */
  readonly issuers?: readonly AssertionIssuerOptions[];
  /**
   * Asked last, with the user, the client, the scopes, and how the user has signed in at the issuer: for scopes that need a role or a recent
   * sign-in. May narrow the scopes or refuse. Default: nobody is asked.
   */
  readonly authorize?: AuthorizeAssertion;
}

export const JWT_BEARER_OPTIONS = {
  issuers: given<readonly AssertionIssuerOptions[]>('blocks', []),
  authorize: hook<AuthorizeAssertion>(),
} satisfies OptionsOf<JwtBearerOptions>;

/** The options, resolved. */
export interface JwtBearerSettings {
  readonly issuers: ReadonlyMap<string, AssertionIssuerSettings>;
  readonly authorize: AuthorizeAssertion | null;
}

export const JWT_BEARER_SETTINGS = Symbol('nest-authority:jwt-bearer-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveJwtBearerOptions(options: JwtBearerOptions | undefined, core: CoreSettings): JwtBearerSettings {
  const { issuers, authorize } = readOptions('jwtBearer', options, JWT_BEARER_OPTIONS);
  requireDistinct(
    'jwtBearer.issuers',
    issuers.map(({ issuer }) => issuer),
  );
  const resolved = issuers.map((one) => resolveAssertionIssuer(one, 'jwtBearer.issuers', core));
  return Object.freeze({ issuers: new Map(resolved.map((one) => [one.issuer, one])), authorize });
}
