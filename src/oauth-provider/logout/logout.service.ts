import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { readForm } from '../../common/grants/oauth-form.js';
import { HostPorts } from '../../common/host/port.js';
import type { CurrentSession } from '../../common/host/sessions.js';
import { AuthRoutes } from '../../common/http/auth-routes.js';
import { header, type HeaderBag } from '../../common/http/headers.js';
import { onwardAfterForm } from '../../common/http/onward.js';
import { HttpReply } from '../../common/http/reply.js';
import { wantsJson } from '../../common/http/wants-json.js';
import { IdTokenHints } from '../token/id-token-hints.js';
import { ClientSessions } from './client-sessions.js';
import { LogoutConfirmations } from './logout-confirmations.js';
import { LogoutPages } from './logout.pages.js';
import { LogoutRequests, type LogoutRequest } from './logout-requests.js';
import { withQuery } from './with-query.js';

/** Parameters of OIDC RP-Initiated Logout 2 that have an effect. */
const PARAMETERS = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'];

/** Logout that a client begins (OIDC RP-Initiated Logout 1.0). */
@Injectable()
export class LogoutService {
  constructor(
    private readonly ports: HostPorts,
    private readonly requests: LogoutRequests,
    private readonly hints: IdTokenHints,
    private readonly confirmations: LogoutConfirmations,
    private readonly clientSessions: ClientSessions,
    private readonly pages: LogoutPages,
    private readonly routes: AuthRoutes,
  ) {}

  /**
   * A hint for this session comes from a client that was told of it, and ends it. Anybody can bring about a request without one: then the
   * user is asked (T092).
   */
  async begin(headers: HeaderBag, query: unknown): Promise<HttpReply> {
    const { parameters } = readForm(query);
    const request = await this.requests.read(parameters);
    const session = await this.sessionOf(headers);
    const isHinted = session !== null && request.hint !== null && this.hints.fits(request.hint, identityOf(session));
    if (wantsJson(headers)) return this.beginByScript({ session, isHinted }, request, addressOf(parameters));
    if (!session) return this.done(request);
    if (isHinted) return this.signOut(session, request);
    return this.pages.confirm(session, request, this.confirmations.seal(request, session.session.id));
  }

  /** A form from another site brings no cookie (SameSite=Lax); the browser's own navigation to the same address does. */
  async beginByForm(headers: HeaderBag, body: unknown): Promise<HttpReply> {
    if (wantsJson(headers) || (await this.sessionOf(headers))) return this.begin(headers, body);
    return redirectTo(addressOf(readForm(body).parameters));
  }

  /** A script shows neither the question nor the frames of front-channel logout: then it is told to go where they are shown. */
  private async beginByScript(
    { session, isHinted }: { readonly session: CurrentSession | null; readonly isHinted: boolean },
    request: LogoutRequest,
    address: string,
  ): Promise<HttpReply> {
    if (session) {
      const told = await this.clientSessions.frontChannelClients(session.session.id);
      if (!isHinted || told.length > 0) return toldToGo(this.routes.publicPathOf(`/oauth2/${address}`));
      await this.ports.sessions.get().end(identityOf(session), 'signed out');
    }
    return this.cleared(request.returnTo === null ? new HttpReply(null).withStatus(200) : toldToGo(request.returnTo));
  }

  /** The user's yes. The request is checked again: its client may have changed meanwhile. */
  async confirm(headers: HeaderBag, body: unknown): Promise<HttpReply> {
    const { sessionId, parameters } = this.confirmations.open(readForm(body).parameters['request']);
    const request = await this.requests.read(parameters);
    const session = await this.sessionOf(headers);
    const leave = (address: string) => onwardAfterForm(address, headers);
    if (!session) return this.done(request, leave);
    if (session.session.id !== sessionId) throw AuthError.invalidRequest('The confirmation is of another session');
    return this.signOut(session, request, leave);
  }

  /** The browser's session, by its cookie alone. */
  private sessionOf(headers: HeaderBag): Promise<CurrentSession | null> {
    return this.ports.sessions.get().current({ cookie: header(headers, 'cookie') });
  }

  private async signOut(session: CurrentSession, request: LogoutRequest, leave = redirectTo): Promise<HttpReply> {
    const told = await this.clientSessions.frontChannelClients(session.session.id);
    await this.ports.sessions.get().end(identityOf(session), 'signed out');
    if (told.length === 0) return this.done(request, leave);
    return this.cleared(this.pages.signedOut(told, session.session.id, request));
  }

  private done(request: LogoutRequest, leave = redirectTo): HttpReply {
    return this.cleared(request.returnTo === null ? this.pages.signedOut([], null, request) : leave(request.returnTo));
  }

  private cleared(reply: HttpReply): HttpReply {
    return reply.cookie(...this.ports.sessions.get().clear());
  }
}

function identityOf({ session, user }: CurrentSession): { subjectId: string; sessionId: string } {
  return { subjectId: user.id, sessionId: session.id };
}

/** Relative to the route's folder. */
function addressOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const known = PARAMETERS.flatMap((name) => (parameters[name] === undefined ? [] : [[name, parameters[name]]]));
  return withQuery('end-session', Object.fromEntries(known) as Record<string, string>);
}

/** What better-auth's client takes for a redirect. */
function toldToGo(url: string): HttpReply {
  return new HttpReply({ redirect: true, url }).withStatus(200);
}

/** With the route's own status. The address that leads here may hold an ID token: the next one is not told. */
function redirectTo(address: string): HttpReply {
  return new HttpReply('').header('Location', address).header('Referrer-Policy', 'no-referrer');
}
