import { Controller, Get } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import {
  ApiKeyAuth,
  ApiKeysService,
  Auth,
  BearerAuth,
  CurrentApiKey,
  CurrentPrincipal,
  Scopes,
  type ApiKeysOptions,
  type ApiKeyWithSecret,
  type AuthPrincipal,
  type CreateApiKey,
} from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { send, type Answer } from './http.js';
import type { SignedInUser } from './users.js';

/** Routes of a host, guarded by our decorators. */
@Controller('host')
export class HostController {
  @Get('open')
  open() {
    return { ok: true };
  }

  @Get('key')
  @ApiKeyAuth()
  key(@CurrentApiKey() key: unknown) {
    return { key };
  }

  @Get('either')
  @ApiKeyAuth()
  @BearerAuth()
  either(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }

  @Get('bearer')
  @BearerAuth()
  bearer() {
    return { ok: true };
  }

  @Get('reports')
  @ApiKeyAuth({ permissions: { reports: ['read'] } })
  reports() {
    return { ok: true };
  }

  @Get('nothing')
  @ApiKeyAuth({ permissions: {} })
  nothing() {
    return { ok: true };
  }

  @Get('scoped')
  @Auth('apiKey')
  @Scopes('reports:read')
  scoped() {
    return { ok: true };
  }
}

export const ADMIN_TOKEN = 'test administration token';

/** Stands for the host's own guard. */
export class TestAdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (
      context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['authorization'] ===
      `Bearer ${ADMIN_TOKEN}`
    );
  }
}

export interface KeyApp extends TestApp {
  readonly keys: ApiKeysService;
  /** A call of `/api-key/<route>` with the session of this user. */
  call(user: SignedInUser, route: string, body?: unknown): Promise<Answer>;
  admin(path: string, options?: { method?: string; body?: unknown }): Promise<Answer>;
  /** A request of a host route with this key. */
  use(key: string, path?: string): Promise<Answer>;
  /** A key created by host code. */
  issue(
    command: Omit<CreateApiKey, 'owner'> & { owner: SignedInUser | CreateApiKey['owner'] },
  ): Promise<ApiKeyWithSecret>;
}

/** A host with API keys, guarded routes and administration. */
export async function createKeyApp(
  apiKeys: ApiKeysOptions = {},
  { auth, ...options }: TestAppOptions = {},
): Promise<KeyApp> {
  const host = await createTestApp({
    controllers: [HostController],
    ...options,
    auth: { administration: { guard: new TestAdminGuard() }, apiKeys: { prefix: 'sk_', ...apiKeys }, ...auth },
  });
  const keys = host.app.get(ApiKeysService);
  return {
    ...host,
    keys,
    call: (user, route, body) =>
      send(`${host.url}/api/auth/api-key/${route}`, { bearer: user.token, ...(body !== undefined && { body }) }),
    admin: (path, given) => send(`${host.url}/api/auth/admin/api-keys${path}`, { bearer: ADMIN_TOKEN, ...given }),
    use: (key, path = 'key') => send(`${host.url}/host/${path}`, { headers: { 'x-api-key': key } }),
    issue: ({ owner, ...command }) =>
      keys.create({ ...command, owner: 'kind' in owner ? owner : { kind: 'user', id: owner.id } }),
  };
}
