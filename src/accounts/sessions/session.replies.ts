import { Inject, Injectable } from '@nestjs/common';
import type { SessionCarrier } from '../../common/host/sessions.js';
import { AuthCookies } from '../../common/http/cookies.js';
import { type HeaderBag } from '../../common/http/headers.js';
import { HttpReply } from '../../common/http/reply.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.options.js';
import { SESSION_COOKIE } from './session.verifier.js';
import { SessionVerifier } from './session.verifier.js';
import { SessionsService, type SignInResult } from './sessions.service.js';

const NOT_REMEMBERED_COOKIE = 'dont_remember';

/** How sessions travel: cookies in better-auth's names and format, and `set-auth-token` for clients that keep no cookies. */
@Injectable()
export class SessionReplies {
  constructor(
    private readonly cookies: AuthCookies,
    private readonly verifier: SessionVerifier,
    private readonly sessions: SessionsService,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Gives the new session to the browser and to bearer clients. */
  signedIn<T>(body: T, started: SignInResult): HttpReply<T> {
    const reply = new HttpReply(body);
    const { cookies, exposed } = this.carrier(started);
    reply.cookie(...cookies);
    for (const [name, value] of Object.entries(exposed)) reply.expose(name, value);
    return reply;
  }

  /** The same for a reply that another capability makes. */
  carrier(started: SignInResult): SessionCarrier {
    const maxAgeSeconds = started.remember ? this.settings.session.expiresInSeconds : null;
    const cookies = [this.cookies.write(SESSION_COOKIE, started.token, maxAgeSeconds)];
    if (!started.remember) cookies.push(this.cookies.write(NOT_REMEMBERED_COOKIE, 'true', null));
    return { cookies, exposed: { 'set-auth-token': this.cookies.sign(started.token) } };
  }

  signedOut<T>(body: T): HttpReply<T> {
    return new HttpReply(body).cookie(...this.cleared());
  }

  /** Complete `Set-Cookie` lines that take a session out of the browser. */
  cleared(): string[] {
    return ['session_token', 'session_data', NOT_REMEMBERED_COOKIE].map((name) => this.cookies.clear(name));
  }

  /** A session that the browser brought along when it signed in is dead: nobody may have set it for him (T031). */
  async endPrevious(headers: HeaderBag): Promise<void> {
    const token = this.cookies.read(headers, SESSION_COOKIE);
    const principal = token === undefined ? null : await this.verifier.verify(token, 'session');
    if (principal && token !== undefined)
      await this.sessions.end(principal.subjectId, token, 'replaced by a new sign-in');
  }

  /** Sets the cookie the browser brought again, with its full life. */
  renewed<T>(body: T, headers: HeaderBag): HttpReply<T> {
    const reply = new HttpReply(body);
    const token = this.cookies.read(headers, SESSION_COOKIE);
    if (token === undefined || this.cookies.read(headers, NOT_REMEMBERED_COOKIE) === 'true') return reply;
    reply.cookie(this.cookies.write(SESSION_COOKIE, token, this.settings.session.expiresInSeconds));
    return reply.expose('set-auth-token', this.cookies.sign(token));
  }
}

/** Members of a sign-in or sign-up answer. These two alone carry the session token: as `token`, `session.token` and `session.id` (the seeds' bearer token). */
export function startedBody(started: SignInResult): Record<string, unknown> {
  return {
    token: started.token,
    session: { ...started.session, id: started.token, token: started.token },
    ...started.additions,
  };
}
