import type { ApiKeyWithSecret } from '../../src/index.js';
import type { KeyApp } from './api-keys.js';
import { send, type Answer } from './http.js';
import type { SignedInUser } from './users.js';

export const MAY = { permissions: { reports: ['read', 'write'] }, scopes: ['reports:read', 'reports:write'] };
export const LESS = { agent: { name: 'Helper' }, permissions: { reports: ['read'] } };

/** A request for a delegated key. */
export function delegate(host: KeyApp, key: string, body: object = LESS): Promise<Answer> {
  return send(`${host.url}/api/auth/api-key/delegate`, { headers: { 'x-api-key': key }, body });
}

/** A key of this user that may do all of `MAY`, and one that was delegated from it. */
export async function keyAndDelegated(
  host: KeyApp,
  owner: SignedInUser,
  body: object = LESS,
): Promise<{ parent: ApiKeyWithSecret; child: ApiKeyWithSecret }> {
  const parent = await host.issue({ owner, ...MAY });
  const { status, body: child } = await delegate(host, parent.key, body);
  if (status !== 200) throw new Error(`not delegated: ${JSON.stringify(child)}`);
  return { parent, child };
}
