import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { providerOf } from '../common/provider-of.js';
import type { SeedUser } from './administration/users.service.js';

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
  /** Default: none. */
  readonly roles?: readonly string[];
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
  const { UsersService } = await import('./index.js');
  const { id } = await providerOf(app, UsersService).seed({ email: `${randomUUID()}@example.com`, ...user });
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
  { userId, scopes = [], roles = [] }: MintFor,
): Promise<MintedSession> {
  const { SessionsService } = await import('./index.js');
  const { AuthCookies } = await import('../common/http/request/cookies.js');
  const { SESSION_COOKIE } = await import('./sessions/session.verifier.js');
  const { SubjectStore } = await import('../common/subjects/subject.store.js');
  const epoch = await providerOf(app, SubjectStore).epoch(userId);
  if (epoch === null) throw new Error(`mintSession: ${userId} is disabled or forgotten, so no session starts.`);
  const { SERVER: caller } = await import('../common/ports/caller.js');
  const rest = { rememberMe: true, answersWithBody: true, caller };
  const { session, token, additions } = await providerOf(app, SessionsService).start({
    subjectId: userId,
    epoch,
    scopes,
    roles,
    ...rest,
  });
  const [cookie] = providerOf(app, AuthCookies).write(SESSION_COOKIE, token, null).split(';');
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
