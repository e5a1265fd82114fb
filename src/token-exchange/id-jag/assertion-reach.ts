import { AuthError } from '../../common/errors/auth-error.js';
import type { GrantRequest } from '../../common/grants/grant.js';
import { parseScope } from '../../common/principal/scopes.js';
import { foldResource } from '../../common/resources/resource-identifier.js';
import type { AssertionAudience, IdentityAssertionsSettings } from '../identity-assertion.settings.js';
import { refusedTarget } from '../policy/exchange-errors.js';

/** What is asked for, as far as the options allow it to this client. */
export interface AssertionReach {
  readonly audience: AssertionAudience;
  /** The id of the client there. */
  readonly clientId: string;
  /** As the options spell them; at least one. */
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * No statement. Only pairs of audience and resource that the options name (EMA 7.6.1), and only for clients that they name.
 * @throws AuthError 400 `invalid_target`, the same whatever is unknown; `invalid_scope` when none of the scopes is left
 */
export function reachOf(
  { client, parameters, resources, audiences }: GrantRequest,
  settings: IdentityAssertionsSettings,
): AssertionReach {
  const [issuer] = audiences;
  if (issuer === undefined || audiences.length > 1) throw refusedTarget('one audience is needed, the issuer there');
  // Clients that keep an address as a URL write a slash after an issuer without a path (MCP SDK); the assertion has it as configured.
  const audience = settings.audiences.get(foldResource(issuer) ?? '');
  const clientId = audience?.clients.get(client.clientId);
  if (!audience || clientId === undefined) throw refusedTarget(`${issuer.slice(0, 200)} is not for this client`);
  return {
    audience,
    clientId,
    resources: resourcesOf(resources, audience),
    scopes: scopesOf(parameters['scope'], audience),
  };
}

/** Every one that is asked for must be right. None: the only one, since an assertion without any is good for every resource there. */
function resourcesOf(asked: readonly string[], { resources }: AssertionAudience): readonly string[] {
  if (asked.length === 0 && resources.size === 1) return [...resources.values()];
  if (asked.length === 0) throw refusedTarget('resource is needed: the audience has several');
  const found = asked.map((one) => resources.get(foldResource(one) ?? ''));
  const known = found.filter((one) => one !== undefined);
  if (known.length < found.length) throw refusedTarget('a resource is not configured for this audience');
  return [...new Set(known)];
}

/** The scopes are those of another server, so a client asks for what that one offers; what is left is in the answer (ID-JAG 4.3.3, 4.3.4). */
function scopesOf(asked: string | undefined, { scopes: allowed }: AssertionAudience): readonly string[] {
  if (asked === undefined) return [...allowed];
  const scopes = parseScope(asked)?.filter((one) => allowed.has(one)) ?? [];
  if (scopes.length > 0) return scopes;
  throw AuthError.oauth('invalid_scope', 'The scope is malformed, or none of it is for this client');
}
