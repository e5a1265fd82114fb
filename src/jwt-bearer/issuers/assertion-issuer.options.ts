import type { GivenKeySet } from '../../common/issuers/given-key-set.js';
import type { TokenClaims } from '../../common/issuers/claim-path.js';
import type { Duration } from '../../common/options/duration.js';
import { choice, duration, flag, given, scopes } from '../../common/options/option.js';
import type { OptionsOf, SettingsOf } from '../../common/options/read-options.js';
import type { TrustedIssuerSettings } from '../../common/issuers/trusted-issuer.options.js';

/** Ways to find the user of an assertion; tried in this order. */
export const SUBJECT_WAYS = ['linked', 'aud_sub', 'email'] as const;
export type SubjectWay = (typeof SUBJECT_WAYS)[number];

/** Finds the user of a verified assertion: the id of one of ours, or null. */
export type SubjectOf = (
  claims: TokenClaims,
  context: { readonly issuer: string; readonly clientId: string },
) => string | null | Promise<string | null>;

/** An issuer whose assertions are taken for tokens. */
export interface AssertionIssuerOptions {
  /** Its `iss`, exactly. */
  readonly issuer: string;
  /**
   * What it gives: `jwt`, assertions of RFC 7523; `id-jag`, identity assertions for one client, with `typ` `oauth-id-jag+jwt`, as
   * Enterprise-Managed Authorization of MCP has them. Default `jwt`.
   */
  readonly type?: 'jwt' | 'id-jag';
  /** Signature algorithms that it uses, e.g. `['ES256', 'RS256']`. No other is taken. */
  readonly algorithms: readonly string[];
  /** Where its key set is. Default: what its discovery document says. */
  readonly jwksUri?: string;
  /** Its public keys, for an issuer that is not asked for them. Default: they are fetched. */
  readonly jwks?: GivenKeySet;
  /** Where its discovery document is. Default: below `issuer`, as OpenID Connect Discovery 4 has it, or else RFC 8414 3.1. */
  readonly discoveryUri?: string;
  /**
   * Ids of the confidential clients that may present its assertions; being named here gives them the grant. Default: those to which options or
   * administration give the grant by `grant_types`.
   */
  readonly clients?: readonly string[];
  /**
   * Whom an assertion is about: `linked`, the user who has linked their account there (issuer and `sub`); `aud_sub`, the user whose id here the
   * claim names; `email`, the user with this address, if both sides have verified it; several, in this order; or a function. The last two ways trust
   * the issuer with every user of yours. Default `linked`.
   */
  readonly subject?: SubjectWay | readonly SubjectWay[] | SubjectOf;
  /** An account there that nobody has linked becomes a new user, who has it linked; the claim `email` must be there. Default false. */
  readonly createUsers?: boolean;
  /** For an issuer of many tenants: those whose assertions are taken, by the claim `tenant`. Default: none; an assertion that names a tenant is refused. */
  readonly tenants?: readonly string[];
  /** The longest lifetime of an assertion, from `iat` to `exp`. Default `'5m'`, 10 seconds to 1 hour; of an `id-jag` to 10 minutes. */
  readonly maxLifetime?: Duration;
  /** Scopes that its assertions may buy. Default: those of the client. */
  readonly scopes?: readonly string[];
  /** Of `resources`, those that its assertions may buy tokens for. Default: all that the client may have. */
  readonly resources?: readonly string[];
  /** An assertion is good until it expires, not once. Whoever sees one can use it as well. Default false. */
  readonly reuse?: boolean;
}

export const ASSERTION_ISSUER_OPTIONS = {
  issuer: given('text'),
  type: choice(['jwt', 'id-jag'], 'jwt'),
  algorithms: given('texts'),
  jwksUri: given('text'),
  jwks: given('block'),
  discoveryUri: given('text'),
  clients: given('texts'),
  subject: given<NonNullable<AssertionIssuerOptions['subject']>>(['text', 'texts', 'function'], 'linked'),
  createUsers: flag(false),
  tenants: given('texts'),
  maxLifetime: duration({ fallback: '5m', min: 10, max: 3_600 }),
  scopes: scopes(),
  resources: given('texts'),
  reuse: flag(false),
} satisfies OptionsOf<AssertionIssuerOptions>;

type Given = SettingsOf<typeof ASSERTION_ISSUER_OPTIONS>;

/** The same, resolved. */
export interface AssertionIssuerSettings extends Pick<
  Given,
  'type' | 'createUsers' | 'maxLifetimeSeconds' | 'reuse' | 'tenants'
> {
  readonly issuer: string;
  /** How its signatures are verified. */
  readonly trusted: TrustedIssuerSettings;
  /** Null: those that have the grant. */
  readonly clients: ReadonlySet<string> | null;
  readonly ways: ReadonlySet<SubjectWay>;
  /** Null: by `ways`. */
  readonly subjectOf: SubjectOf | null;
  /** Null: those of the client. */
  readonly scopes: ReadonlySet<string> | null;
  /** Null: those of the client. In the spelling of the options. */
  readonly resources: ReadonlySet<string> | null;
}
