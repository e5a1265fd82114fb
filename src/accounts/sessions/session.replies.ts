import { Inject, Injectable } from '@nestjs/common';
import { isDue, type SignInOutcome } from '../../common/ports/second-factor.js';
import type { SessionCarrier, SessionTransport } from '../../common/ports/session-transport.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import { type HeaderBag } from '../../common/http/request/headers.js';
import { HttpReply } from '../../common/http/request/reply.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { BroughtSessions } from './brought-sessions.js';
import { SESSION_COOKIE } from './session.verifier.js';
import { SessionsService, type SignInResult } from './sessions.service.js';

const NOT_REMEMBERED_COOKIE = 'dont_remember';
const COOKIES = [SESSION_COOKIE, 'session_data', NOT_REMEMBERED_COOKIE];

/** How sessions travel: cookies in better-auth's names and format, and `set-auth-token` for clients that keep no cookies. */
@Injectable()
export class SessionReplies implements SessionTransport {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly brought: BroughtSessions,
    private readonly sessions: SessionsService,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Gives the new session to the browser and to bearer clients; or says that a second factor is due. */
  signedIn<T>(body: T, outcome: SignInOutcome, headers: HeaderBag): HttpReply<T> {
    const reply = new HttpReply(body);
    const { cookies, exposed } = this.carry(outcome, headers);
    reply.cookie(...cookies);
    for (const [name, value] of Object.entries(exposed)) reply.expose(name, value);
    return reply;
  }

  /** The same for replies that are made elsewhere. */
  carry(outcome: SignInOutcome, headers: HeaderBag): SessionCarrier {
    if (isDue(outcome)) return { cookies: outcome.cookies, exposed: {} };
    const { token, remember, signIn } = outcome;
    const exposed = { 'set-auth-token': this.cookies.sign(token) };
    // No cookie proves a key: the app keeps the token, and the cookies of the browser stay as they are.
    if (signIn.confirmation) return { cookies: [], exposed };
    if (!remember) {
      const lines = this.cookies.replace(headers, SESSION_COOKIE, token, null);
      return { cookies: [...lines, this.cookies.write(NOT_REMEMBERED_COOKIE, 'true', null)], exposed };
    }
    const lines = this.cookies.replace(headers, SESSION_COOKIE, token, this.settings.session.expiresInSeconds);
    const wasNotRemembered = this.cookies.isPresent(headers, NOT_REMEMBERED_COOKIE);
    return { cookies: [...lines, ...(wasNotRemembered ? this.cookies.clear(NOT_REMEMBERED_COOKIE) : [])], exposed };
  }

  async leave(headers: HeaderBag): Promise<readonly string[]> {
    await this.sessions.endBrought(headers, 'signed out');
    return this.cleared();
  }

  signedOut<T>(body: T): HttpReply<T> {
    return new HttpReply(body).cookie(...this.cleared());
  }

  /** Complete `Set-Cookie` lines that take a session out of the browser. */
  cleared(): string[] {
    return COOKIES.flatMap((name) => this.cookies.clear(name));
  }

  /** The same when the browser has a session cookie but no live session; otherwise none. */
  async clearedIfDead(headers: HeaderBag): Promise<string[]> {
    return (await this.brought.areDead(headers)) ? this.cleared() : [];
  }

  /** Extends the session of the request's cookie, and sets the cookie again with the same lifetime. */
  async renewed<T>(body: T, principal: AuthPrincipal, headers: HeaderBag): Promise<HttpReply<T>> {
    const reply = new HttpReply(body);
    if (principal.scheme !== 'session') return reply;
    const own = (await this.brought.live(headers)).find(({ id }) => id === principal.sessionId);
    if (!own || !(await this.sessions.extend(own.id))) return reply;
    reply.cookie(...this.cookies.replace(headers, SESSION_COOKIE, own.token, this.settings.session.expiresInSeconds));
    return reply.expose('set-auth-token', this.cookies.sign(own.token));
  }
}

/**
 * Members of an answer that starts a session. Only such answers carry the session token: as `token`, `session.token` and `session.id` (where
 * older better-auth applications look for it).
 */
export function startedBody(started: SignInResult): Record<string, unknown> {
  return {
    token: started.token,
    session: { ...started.session, id: started.token, token: started.token },
    ...started.additions,
  };
}
