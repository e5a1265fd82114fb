import { readOptions } from '../options/read-options.js';
import { addressOf, type ResourceAddress } from './resource-address.js';
import { RESOURCE_OPTIONS, type ResourceOptions } from './resource.options.js';
import { foldResource, spellingsOf } from './resource-identifier.js';

/** A protected resource of the options, as it is resolved. */
export interface ResourceSettings {
  readonly resource: string;
  /** Null: all. */
  readonly scopes: ReadonlySet<string> | null;
  readonly minimumScopes: readonly string[];
  /** Those of them that documents and challenges name: `offline_access` is asked of the authorization server (MCP). */
  readonly advertisedScopes: readonly string[];
  /** How tokens may spell it in `aud`. */
  readonly spellings: readonly string[];
  /** Where its document is; null: it has none. */
  readonly address: ResourceAddress | null;
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
      `${option}: ${JSON.stringify(options.resource)} is not an absolute URL without fragment and credentials (RFC 8707 2).`,
    );
  const beyond = taken && minimumScopes?.find((scope) => !taken.includes(scope));
  if (beyond) throw new Error(`${option}.minimumScopes: "${beyond}" is none of its scopes. Add it to scopes.`);
  const { name, documentation, policyUri, tosUri, accessTokenFormat } = settings;
  const first = minimumScopes ?? taken ?? [];
  return Object.freeze({
    resource,
    scopes: taken && new Set(taken),
    minimumScopes: first,
    advertisedScopes: Object.freeze(first.filter((scope) => scope !== 'offline_access')),
    spellings: spellingsOf(resource),
    address: addressOf(resource),
    ...{ name, documentation, policyUri, tosUri },
    isPublic: settings.public,
    accessTokenFormat,
    accessTtlSeconds,
    isDpopRequired: settings.dpopBoundAccessTokensRequired,
  });
}
