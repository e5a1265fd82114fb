import { AuthError } from '../../common/errors/auth-error.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { isAboutUsers, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { ResourceSettings } from '../../common/resources/resource.settings.js';

type Settings = Pick<OAuthProviderSettings, 'resources'>;

/** The resources of a request, checked (RFC 8707 2). @throws AuthError 400 `invalid_target` */
export function allowedResources(client: RegisteredClient, asked: readonly string[], settings: Settings): string[] {
  const list = asked.map((one) => settings.resources.find(one)?.resource);
  if (list.every((one) => one !== undefined && mayAskFor(client, one))) return [...new Set(list as string[])];
  throw AuthError.oauth('invalid_target', 'A resource is malformed, unknown or not for this client');
}

/**
 * Resources that a client names only at the token endpoint (RFC 8707 2.2). The consent page has listed them for the user.
 * @throws AuthError 400 `invalid_target`, also for a resource that accepts none of the scopes
 */
export function laterResources(
  client: RegisteredClient,
  asked: readonly string[],
  scopes: readonly string[],
  settings: Settings,
): string[] {
  const list = allowedResources(client, asked, settings);
  if (list.every((one) => takesSome(settings.resources.find(one)!, scopes))) return list;
  throw AuthError.oauth('invalid_target', 'A resource takes none of the scopes that were granted');
}

/** The resources, besides this server, at which a client may use these scopes. */
export function reachableResources(client: RegisteredClient, scopes: readonly string[], settings: Settings): string[] {
  return resourcesOf(client, settings)
    .filter((one) => takesSome(one, scopes))
    .map(({ resource }) => resource);
}

function resourcesOf(client: RegisteredClient, { resources }: Settings): ResourceSettings[] {
  return resources.all.filter(({ resource }) => mayAskFor(client, resource));
}

function mayAskFor({ policy }: RegisteredClient, resource: string): boolean {
  return policy.resources === null || policy.resources.includes(resource);
}

/** OpenID Connect scopes are for userinfo, whatever scopes the resource accepts. */
function takesSome({ scopes: taken }: ResourceSettings, scopes: readonly string[]): boolean {
  return scopes.some((scope) => taken === null || taken.has(scope) || isAboutUsers(scope));
}
