import { readOptions } from '../common/options/read-options.js';
import { RESOURCE_OPTIONS, type ResourceOptions } from './oauth-provider.options.js';

/** An API of the options, as it is resolved. */
export interface ResourceSettings {
  readonly resource: string;
  /** Null: all. */
  readonly scopes: ReadonlySet<string> | null;
  readonly accessTokenFormat: 'opaque' | 'jwt' | null;
  readonly accessTtlSeconds: number | null;
  /** It takes only tokens that are bound to a key. */
  readonly isDpopRequired: boolean;
}

/** @throws Error with option and remedy; stops the boot */
export function resolveResources(list: readonly ResourceOptions[]): ReadonlyMap<string, ResourceSettings> {
  return new Map(
    list.map((one, index) => {
      const given = readOptions(`oauthProvider.resources[${index}]`, one, RESOURCE_OPTIONS);
      const { resource, scopes, accessTokenFormat, accessTokenTTLSeconds: accessTtlSeconds } = given;
      const isDpopRequired = given.dpopBoundAccessTokensRequired;
      if (resource === null || !URL.canParse(resource) || resource.includes('#'))
        throw new Error(
          `oauthProvider.resources: ${JSON.stringify(one.resource)} is not an absolute URL without a fragment (RFC 8707 2).`,
        );
      return [
        resource,
        { resource, scopes: scopes && new Set(scopes), accessTokenFormat, accessTtlSeconds, isDpopRequired },
      ];
    }),
  );
}
