import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { readForm } from '../../common/grants/oauth-form.js';
import { HostPorts } from '../../common/ports/port.js';
import type { CurrentSession } from '../../common/ports/sessions.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { header, type HeaderBag } from '../../common/http/request/headers.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import { HttpReply, redirectTo } from '../../common/http/request/reply.js';
import { wantsJson } from '../../common/http/request/wants-json.js';
import { registeredItself } from '../clients/metadata/registered-client.js';
import { IdTokenHints } from '../id-tokens/id-token-hints.js';
import { ClientSessions } from './client-sessions.js';
import { LogoutConfirmations } from './logout-confirmations.js';
import { LogoutPages } from './logout.pages.js';
import { LogoutRequests, type LogoutRequest } from './logout-requests.js';
import { withQuery } from './with-query.js';

/** The parameters of OIDC RP-Initiated Logout 2 that have an effect here. */
const PARAMETERS = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'ui_locales'];

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
   * Only a client that was given an ID token of this session can send it as the hint: then the session ends at once. Anybody can make a
   * browser send a request without a hint: then the user is asked (T092).
   */
  async begin(headers: HeaderBag, query: unknown): Promise<HttpReply> {
    const { parameters } = readForm(query);
    const request = await this.requests.read(parameters);
    const session = await this.sessionOf(headers);
    const isHinted = session !== null && request.hint !== null && this.hints.fits(request.hint, identityOf(session));
    if (wantsJson(headers)) return this.beginByScript({ session, isHinted, headers }, request, addressOf(parameters));
    if (!session) return this.withoutSession(headers, request);
    if (isHinted) return this.signOut(headers, session, request);
    return this.pages.confirm(session, request, this.confirmations.seal(request, session.session.id));
  }

  /** A form from another site brings no cookie (SameSite=Lax), so the reply redirects to the same address: that navigation does. */
  async beginByForm(headers: HeaderBag, body: unknown): Promise<HttpReply> {
    if (wantsJson(headers) || (await this.sessionOf(headers))) return this.begin(headers, body);
    return redirectTo(addressOf(readForm(body).parameters));
  }

  /** A script cannot show the question or the frames of front-channel logout: it is told the address of the page that does. */
  private async beginByScript(
    { session, isHinted, headers }: { session: CurrentSession | null; isHinted: boolean; headers: HeaderBag },
    request: LogoutRequest,
    address: string,
  ): Promise<HttpReply> {
    if (session) {
      const told = await this.clientSessions.frontChannelClients(session.session.id);
      if (!isHinted || told.length > 0) return toldToGo(this.routes.publicPathOf(`/oauth2/${address}`));
    } else if (!mayBeSentTo(request)) return toldToGo(this.routes.publicPathOf(`/oauth2/${address}`));
    const { returnTo } = request;
    return this.left(headers, () => (returnTo === null ? new HttpReply(null).withStatus(200) : toldToGo(returnTo)));
  }

  /** The user has confirmed. The request is checked again, since its client may have changed meanwhile. */
  async confirm(headers: HeaderBag, body: unknown): Promise<HttpReply> {
    const { sessionId, meantSessionId, parameters } = this.confirmations.open(readForm(body).parameters['request']);
    const request = await this.requests.read(parameters);
    const session = await this.sessionOf(headers);
    const leave = (address: string) => onwardAfterForm(address, headers);
    if (!session) return this.withoutSession(headers, request, leave);
    if (session.session.id !== sessionId) throw AuthError.invalidRequest('The confirmation is of another session');
    return this.signOut(headers, session, request, leave, meantSessionId);
  }

  /** The browser's session, found by its cookie only. */
  private sessionOf(headers: HeaderBag): Promise<CurrentSession | null> {
    return this.ports.sessions.get().current({ cookie: header(headers, 'cookie') });
  }

  private async signOut(
    headers: HeaderBag,
    session: CurrentSession,
    request: LogoutRequest,
    leave = redirectTo,
    meantSessionId: string | null = null,
  ): Promise<HttpReply> {
    const told = await this.clientSessions.frontChannelClients(session.session.id);
    const { returnTo } = request;
    return this.left(headers, async () => {
      if (told.length === 0 && returnTo !== null) return leave(returnTo);
      const meantLives = await this.isAlive(meantSessionId);
      return this.pages.signedOut({ told, sessionId: session.session.id, request, meantLives, goesOn: true });
    });
  }

  /** The hinted session may live in another browser. The page says so; holding the hint is not enough to end it. */
  private withoutSession(headers: HeaderBag, request: LogoutRequest, leave = redirectTo): Promise<HttpReply> {
    const goesOn = mayBeSentTo(request);
    const { returnTo } = request;
    return this.left(headers, async () => {
      if (returnTo !== null && goesOn) return leave(returnTo);
      const meantLives = await this.isAlive(request.hint?.sessionId ?? null);
      return this.pages.signedOut({ told: [], sessionId: null, request, meantLives, goesOn });
    });
  }

  private async isAlive(sessionId: string | null): Promise<boolean> {
    return sessionId !== null && (await this.ports.sessions.get().isAlive(sessionId));
  }

  /**
   * Ends every session that the cookies name, and clears the cookies: a session that was left would become the browser's session.
   * @param reply called after they have ended
   */
  private async left(headers: HeaderBag, reply: () => HttpReply | Promise<HttpReply>): Promise<HttpReply> {
    const cookies = await this.ports.sessionTransport.get().leave(headers);
    return (await reply()).cookie(...cookies);
  }
}

/**
 * Whether a browser without a session is redirected to the client. Not to a client that registered itself: its request must not redirect a
 * browser whose user we do not know (RFC 9700 4.11.2). A hint does not help: an attacker can get one for their own account.
 */
function mayBeSentTo({ client }: LogoutRequest): boolean {
  return client === null || !registeredItself(client);
}

function identityOf({ session, user }: CurrentSession): { subjectId: string; sessionId: string } {
  return { subjectId: user.id, sessionId: session.id };
}

/** The address of this request, relative to the route's folder. */
function addressOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const known = PARAMETERS.flatMap((name) => (parameters[name] === undefined ? [] : [[name, parameters[name]]]));
  return withQuery('end-session', Object.fromEntries(known) as Record<string, string>);
}

/** What better-auth's client follows as a redirect. */
function toldToGo(url: string): HttpReply {
  return new HttpReply({ redirect: true, url }).withStatus(200);
}
