import type { INestApplicationContext, Type } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { SeedUser } from '../accounts/index.js';
import type { ApiKeyWithSecret, CreateApiKey } from '../api-keys/index.js';

/** A live session of a user. */
export interface MintedSession {
  readonly userId: string;
  readonly sessionId: string;
  /** For `Authorization: Bearer`. */
  readonly token: string;
  /** For the header `Cookie`. */
  readonly cookie: string;
  /** Only with `bearer.refreshToken.enabled`. */
  readonly accessToken?: string;
  readonly refreshToken?: string;
}

/** Whose credential it is, and what it may do. */
export interface MintFor {
  readonly userId: string;
  /** Default: none. */
  readonly scopes?: readonly string[];
}

/**
 * Creates a user in the application's own table of users; needs `accounts`.
 * @param user default: a new address, without a password
 * @returns the id
 *
 * @example
 * const userId = await mintUser(app, { email: 'ann@example.com', password: 'correct horse battery staple' });
 */
export async function mintUser(app: INestApplicationContext, user: Partial<SeedUser> = {}): Promise<string> {
  const { UsersService } = await import('../accounts/index.js');
  const { id } = await of(app, UsersService).seed({ email: `${randomUUID()}@example.com`, ...user });
  return id;
}

/**
 * Starts a session, as a sign-in does: its token and its cookie are real. Needs `accounts`.
 *
 * @example
 * const { token } = await mintSession(app, { userId, scopes: ['reports:read'] });
 */
export async function mintSession(
  app: INestApplicationContext,
  { userId, scopes = [] }: MintFor,
): Promise<MintedSession> {
  const { SessionsService } = await import('../accounts/index.js');
  const { AuthCookies } = await import('../common/http/request/cookies.js');
  const { SESSION_COOKIE } = await import('../accounts/sessions/session.verifier.js');
  const { SubjectStore } = await import('../common/subjects/subject.store.js');
  const epoch = await of(app, SubjectStore).epoch(userId);
  if (epoch === null) throw new Error(`mintSession: ${userId} is disabled or forgotten, so no session starts.`);
  const caller = { headers: {}, address: null, userAgent: null };
  const rest = { rememberMe: true, answersWithBody: true, caller };
  const { session, token, additions } = await of(app, SessionsService).start({
    subjectId: userId,
    epoch,
    scopes,
    ...rest,
  });
  const [cookie] = of(app, AuthCookies).write(SESSION_COOKIE, token, null).split(';');
  const { accessToken, refreshToken } = additions as Pick<MintedSession, 'accessToken' | 'refreshToken'>;
  return {
    userId,
    sessionId: session.id,
    token,
    cookie: cookie!,
    ...(accessToken !== undefined && { accessToken }),
    ...(refreshToken !== undefined && { refreshToken }),
  };
}

/**
 * Creates an API key; needs `apiKeys`.
 *
 * @example
 * const { key } = await mintApiKey(app, { owner: { kind: 'user', id: userId }, scopes: ['reports:read'] });
 */
export async function mintApiKey(app: INestApplicationContext, key: CreateApiKey): Promise<ApiKeyWithSecret> {
  const { ApiKeysService } = await import('../api-keys/index.js');
  return of(app, ApiKeysService).create(key);
}

/**
 * Makes the JWT of a new session, as `GET /token` gives it; needs `accounts` and `jwt`.
 * @param audience one of `jwt.audiences`. Default: this server
 *
 * @example
 * const jwt = await mintJwt(app, { userId, scopes: ['reports:read'] });
 */
export async function mintJwt(
  app: INestApplicationContext,
  { audience, ...given }: MintFor & { readonly audience?: string },
): Promise<string> {
  const { JwtIssuer } = await import('../jwt/jwt.issuer.js');
  const { SessionsService } = await import('../accounts/index.js');
  const { token } = await mintSession(app, given);
  const identified = await of(app, SessionsService).identified({ authorization: `Bearer ${token}` });
  const issued = await of(app, JwtIssuer).issue(identified!.principal, audience === undefined ? {} : { audience });
  return issued.token;
}

/** @throws Error when the application has no such capability */
function of<T>(app: INestApplicationContext, type: Type<T>): T {
  try {
    return app.get(type, { strict: false });
  } catch {
    throw new Error(`${type.name} is not in this application: enable the capability in the options of AuthModule.`);
  }
}
