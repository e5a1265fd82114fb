import type { Duration } from '../options/duration.js';
import { choice, duration, flag, given, scopes } from '../options/option.js';
import type { OptionsOf } from '../options/read-options.js';

/** A protected resource: an API that clients request tokens for by `resource` (RFC 8707), and that says so in a document (RFC 9728). */
export interface ResourceOptions {
  /**
   * Absolute URL without a fragment; becomes the token's `aud`. An address without a path and one with `/` are one. It has a document if it is
   * https, or http on loopback, and its path has no characters that routers give a meaning.
   */
  readonly resource: string;
  /** Scopes its tokens may have. Default: all. */
  readonly scopes?: readonly string[];
  /**
   * Scopes that a client needs to begin with: named in the document and in the challenges, and granted to clients that ask for none. What else
   * an operation needs is asked for when it is called. Default: `scopes`.
   */
  readonly minimumScopes?: readonly string[];
  /** Its name for people (`resource_name`). Default: none. */
  readonly name?: string;
  /** Where developers read about it (`resource_documentation`). Default: none. */
  readonly documentation?: string;
  /** What clients may do with its data (`resource_policy_uri`). Default: none. */
  readonly policyUri?: string;
  /** Its terms of service (`resource_tos_uri`). Default: none. */
  readonly tosUri?: string;
  /** Whether the authorization server's metadata lists it (`protected_resources`, RFC 9728 4). Default false. */
  readonly public?: boolean;
  /** Format of its tokens. Default: the client's, else the server's. */
  readonly accessTokenFormat?: 'opaque' | 'jwt';
  /** Lifetime of its tokens, at most 7 days; the shortest of several resources wins. Default: the server's. */
  readonly accessTokenTTL?: Duration;
  /** Its tokens are bound to a key of their holder, or not given (RFC 9449). Default false. */
  readonly dpopBoundAccessTokensRequired?: boolean;
}

const DAY_SECONDS = 86_400;

export const RESOURCE_OPTIONS = {
  resource: given('text'),
  scopes: scopes(),
  minimumScopes: scopes(),
  name: given('text'),
  documentation: given('text'),
  policyUri: given('text'),
  tosUri: given('text'),
  public: flag(false),
  accessTokenFormat: choice(['opaque', 'jwt']),
  accessTokenTTL: duration({ min: 1, max: 7 * DAY_SECONDS }),
  dpopBoundAccessTokensRequired: flag(false),
} satisfies OptionsOf<ResourceOptions>;
