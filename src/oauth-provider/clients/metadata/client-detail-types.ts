import type { AuthorizationDetailTypes } from '../../authorization-detail.options.js';
import { registeredItself, type RegisteredClient } from './registered-client.js';

/**
 * The types of `authorization_details` that a client may ask for: those it registered (RFC 9396 10). Where it registered none, all of them if
 * somebody here vouches for it, and none otherwise.
 */
export function detailTypesOf(
  { metadata, registeredBy }: Pick<RegisteredClient, 'metadata' | 'registeredBy'>,
  types: AuthorizationDetailTypes,
): ReadonlySet<string> {
  const { authorization_details_types: named } = metadata;
  if (named) return new Set(named.filter((type) => types.has(type)));
  return registeredItself({ registeredBy }) ? new Set() : new Set(types.keys());
}
