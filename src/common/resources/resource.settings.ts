import type { Duration } from '../options/duration.js';
import { choice, duration, flag, given, scopes } from '../options/option.js';
import { readOptions, type OptionsOf } from '../options/read-options.js';
import { foldResource } from './resource-identifier.js';

/** A protected resource: an API that clients request tokens for by `resource` (RFC 8707), and that says so in a document (RFC 9728). */
export interface ResourceOptions {
  /** Absolute URL without a fragment; becomes the token's `aud`. An address without a path and one with `/` are one. */
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

/** A protected resource of the options, as it is resolved. */
export interface ResourceSettings {
  readonly resource: string;
  /** Null: all. */
  readonly scopes: ReadonlySet<string> | null;
  readonly minimumScopes: readonly string[];
  readonly name: string | null;
  readonly documentation: string | null;
  readonly policyUri: string | null;
  readonly tosUri: string | null;
  readonly isPublic: boolean;
  readonly accessTokenFormat: 'opaque' | 'jwt' | null;
  readonly accessTtlSeconds: number | null;
  /** It takes only tokens that are bound to a key. */
  readonly isDpopRequired: boolean;
}

/** @throws Error with option and remedy; stops the boot */
export function resolveResource(options: ResourceOptions, option: string): ResourceSettings {
  const settings = readOptions(option, options, RESOURCE_OPTIONS);
  const { resource, scopes: taken, minimumScopes, accessTokenTTLSeconds: accessTtlSeconds } = settings;
  if (resource === null || foldResource(resource) === null)
    throw new Error(
      `${option}: ${JSON.stringify(options.resource)} is not an absolute URL without a fragment (RFC 8707 2).`,
    );
  const beyond = taken && minimumScopes?.find((scope) => !taken.includes(scope));
  if (beyond) throw new Error(`${option}.minimumScopes: "${beyond}" is none of its scopes. Add it to scopes.`);
  const { name, documentation, policyUri, tosUri, accessTokenFormat } = settings;
  return Object.freeze({
    resource,
    scopes: taken && new Set(taken),
    minimumScopes: minimumScopes ?? taken ?? [],
    ...{ name, documentation, policyUri, tosUri },
    isPublic: settings.public,
    accessTokenFormat,
    accessTtlSeconds,
    isDpopRequired: settings.dpopBoundAccessTokensRequired,
  });
}
