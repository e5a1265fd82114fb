import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { AuthOptions, OAuthProviderOptions } from '../../src/index.js';
import { createTestApp, type Adapter, type TestApp } from './app.js';
import { send, type Answer } from './http.js';
import { basic, providerOptions } from './oauth.js';

export const CALLBACK = 'https://client.example/callback';
/** The smallest valid registration. */
export const SMALLEST = { redirect_uris: [CALLBACK] };
const ADMINISTRATOR = { 'x-admin': 'yes' };

export class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-admin'] === 'yes';
  }
}

/** A host with administration and a registration mode. */
export function createClientHost(
  provider: OAuthProviderOptions = {},
  {
    databaseUrl,
    adapter,
    poolSize,
    ...rest
  }: Partial<AuthOptions> & { databaseUrl?: string; adapter?: Adapter; poolSize?: number } = {},
): Promise<TestApp> {
  const options = {
    scopes: ['openid', 'profile', 'email', 'offline_access', 'read:data', 'reports:read'],
    ...provider,
  };
  return createTestApp({
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(adapter && { adapter }),
    ...(poolSize !== undefined && { poolSize }),
    auth: providerOptions(options, { administration: { guard: new AdminGuard() }, ...rest }),
  });
}

export const register = (
  host: Pick<TestApp, 'url'>,
  body: unknown,
  options: { bearer?: string; headers?: Record<string, string> } = {},
): Promise<Answer> => send(`${host.url}/api/auth/oauth2/register`, { body, ...options });

/** Calls an administration route as an administrator. */
export const administer = (host: Pick<TestApp, 'url'>, method: string, path: string, body?: unknown): Promise<Answer> =>
  send(`${host.url}/api/auth/admin/${path}`, { method, headers: ADMINISTRATOR, ...(body !== undefined && { body }) });

/** Whether the token endpoint accepts the client with this secret: for an unknown code, 400 `invalid_grant` means yes. */
export async function provesItself(host: Pick<TestApp, 'url'>, clientId: string, secret: string): Promise<boolean> {
  const answer = await send(`${host.url}/api/auth/oauth2/token`, {
    headers: { ...basic(clientId, secret), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'authorization_code', code: 'nobody', redirect_uri: CALLBACK }).toString(),
  });
  const result = `${answer.status} ${String(answer.body?.error)}`;
  if (result !== '400 invalid_grant' && result !== '401 invalid_client' && result !== '400 invalid_request')
    throw new Error(`token endpoint: ${result}`);
  return answer.status === 400;
}

/** Number of rows of clients. */
export async function clientCount(host: Pick<TestApp, 'sql'>): Promise<number> {
  return (await host.sql<{ count: number }>('SELECT count(*)::int AS count FROM auth_oauth_client'))[0]!.count;
}
