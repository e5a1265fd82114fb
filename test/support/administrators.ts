import { Controller, Get, Post } from '@nestjs/common';
import {
  Auth,
  CurrentPrincipal,
  Roles,
  SessionAuth,
  UsersService,
  type AuthOptions,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { send, type Answer } from './http.js';
import { signIn, signUp, type SignedInUser } from './users.js';

/** Routes of a host's own: who calls, and one that needs a role. */
@Controller('who')
export class Who {
  @Get()
  @Auth('session', 'bearer', 'apiKey')
  show(@CurrentPrincipal() { subjectId, credentialType, roles, claims }: AuthPrincipal) {
    return { subjectId, credentialType, roles: [...roles], act: claims['act'] ?? null };
  }

  @Get('editors')
  @Auth('session', 'bearer')
  @Roles('editor')
  edit() {
    return { edited: true };
  }

  @Post('in-person')
  @SessionAuth()
  write() {
    return { written: true };
  }
}

export const who = (host: TestApp, headers: Record<string, string>, path = ''): Promise<Answer> =>
  send(`${host.url}/who${path}`, { headers });

/** A host whose users are administered by whoever has the role `admin`. */
export function createHostWithAdministrators(
  { accounts, ...auth }: Partial<AuthOptions> = {},
  options: Omit<TestAppOptions, 'auth'> = {},
): Promise<TestApp> {
  const named = typeof accounts === 'object' ? accounts : {};
  return createTestApp({
    controllers: [Who],
    ...options,
    auth: { ...auth, accounts: { administrators: { roles: ['admin'] }, roles: ['editor'], ...named } },
  });
}

/** A new user with these roles, signed in. */
export async function signedInWith(host: TestApp, ...roles: string[]): Promise<SignedInUser> {
  const { id, email } = await signUp(host.url);
  await host.app.get(UsersService).setRoles(id, roles);
  return signIn(host.url, email);
}

/** A request to the routes of administrators; GET without a body. */
export const admin = (host: TestApp, route: string, bearer?: string, body?: object): Promise<Answer> =>
  send(`${host.url}/api/auth/admin/${route}`, {
    ...(body && { body }),
    ...(bearer !== undefined && { bearer }),
  });

/** An hour and more since this session's proof of identity. */
export const aged = (host: TestApp, sessionId: string): Promise<unknown> =>
  host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '2 days' WHERE id = $1`, [sessionId]);
