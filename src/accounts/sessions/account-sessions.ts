import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import type {
  CurrentSession,
  HoldOptions,
  RequestHeaders,
  SessionCarrier,
  Sessions,
  SessionStart,
  SignIn,
  SignInPageOptions,
  StartedSession,
} from '../../common/ports/sessions.js';
import type { HostUser, NewHostUser } from '../../common/ports/user-directory.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { toHeaderBag } from '../../common/http/request/headers.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { CallbackTokens } from '../one-time-tokens/callback-tokens.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { SessionReplies } from './session.replies.js';
import { SessionsService } from './sessions.service.js';

/** What other capabilities see of sessions: the filling of the kernel's port. */
@Injectable()
export class AccountSessions implements Sessions {
  constructor(
    private readonly sessions: SessionsService,
    private readonly signIns: SignInService,
    private readonly replies: SessionReplies,
    private readonly routes: AuthRoutes,
    private readonly callbackTokens: CallbackTokens,
  ) {}

  current(headers: RequestHeaders): Promise<CurrentSession | null> {
    return this.sessions.current(headers);
  }

  find(sessionId: string): Promise<CurrentSession | null> {
    return this.sessions.find(sessionId);
  }

  isAlive(sessionId: string): Promise<boolean> {
    return this.sessions.isAlive(sessionId);
  }

  hold(tx: Transaction, sessionId: string, options?: HoldOptions): Promise<SignIn | null> {
    return this.sessions.hold(tx, sessionId, options);
  }

  admit(user: Omit<NewHostUser, 'password'>): Promise<void> {
    return this.signIns.admit(user);
  }

  start(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<StartedSession> {
    return this.signIns.start(user, start);
  }

  carry(started: StartedSession, headers: RequestHeaders): SessionCarrier {
    return this.replies.carrier(started, toHeaderBag(headers));
  }

  sendBack(started: StartedSession, callbackUrl: string): Promise<string> {
    return this.callbackTokens.addTo(callbackUrl, started);
  }

  end(session: { readonly subjectId: string; readonly sessionId: string }, reason: string): Promise<void> {
    return this.sessions.end(session.subjectId, session.sessionId, reason);
  }

  async leave(headers: RequestHeaders): Promise<readonly string[]> {
    await this.sessions.endBrought(headers, 'signed out');
    return this.replies.cleared();
  }

  signInUrl(continueTo: string, { loginHint, signUp = false }: SignInPageOptions = {}): string {
    const query = new URLSearchParams({ continue: continueTo, ...(loginHint && { login_hint: loginHint }) });
    const page = signUp && this.signIns.canSignUp ? 'sign-up' : 'sign-in';
    return `${this.routes.publicPathOf(`/${page}`)}?${query}`;
  }

  requireFresh(principal: AuthPrincipal): Promise<void> {
    return this.sessions.requireFresh(principal);
  }
}
