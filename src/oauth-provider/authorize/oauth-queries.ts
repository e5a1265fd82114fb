import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { SessionSignIn } from '../../common/ports/sessions.js';
import type { SignInContinuation } from '../../common/ports/sign-in-continuation.js';
import { principalFacts, signInFacts } from '../../common/tokens/sign-in-facts.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { createPrincipal } from '../../common/principal/auth-principal.js';
import { CONSENT_COOKIE } from './authorization-flow.js';
import { AuthorizeService } from './authorize.service.js';
import { WaitingAuthorizations } from './waiting-authorizations.js';
import { isFormPost } from '../clients/metadata/response-modes.js';
import { AuthorizationResponses } from './authorization-responses.js';
import { InteractionUrls } from './interaction-urls.js';
import { readSignedQuery } from './signed-query.js';

/** Finds the waiting request that a page of the host names, and resumes requests after a sign-in. */
@Injectable()
export class OAuthQueries implements SignInContinuation {
  constructor(
    private readonly authorizations: AuthorizeService,
    private readonly waiting: WaitingAuthorizations,
    private readonly responses: AuthorizationResponses,
    private readonly urls: InteractionUrls,
    private readonly cookies: AuthCookies,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /** @throws AuthError 400 when no request is named, or the signed query is not valid */
  async handleOf(
    given: { readonly handle?: string | undefined; readonly oauthQuery?: string | undefined },
    headers: HeaderBag,
  ): Promise<string> {
    if (given.handle !== undefined) return given.handle;
    if (given.oauthQuery !== undefined) return this.verify(given.oauthQuery);
    const handles = this.cookies.values(headers, CONSENT_COOKIE);
    if (handles.length === 0) throw AuthError.invalidRequest('consent_code is missing');
    return handles.length === 1 ? handles[0]! : this.waitingOf(handles);
  }

  /** The first that still waits; a browser may send several cookies of one name (RFC 6265 4.2.2). */
  private async waitingOf(handles: readonly string[]): Promise<string> {
    for (const handle of handles) if (await this.waiting.findLive(handle)) return handle;
    return handles[0]!;
  }

  /**
   * The sign-in does not fail when the request or its client has gone meanwhile: the user has a session, and the returned address shows
   * what became of the request.
   */
  async resume(oauthQuery: string, session: SessionSignIn | null): Promise<string> {
    const handle = this.verify(oauthQuery);
    try {
      return await this.resumeLive(handle, session);
    } catch (error) {
      if (error instanceof AuthError && error.status < 500) return this.urls.resume(handle);
      throw error;
    }
  }

  private async resumeLive(handle: string, session: SessionSignIn | null): Promise<string> {
    const { parameters } = await this.waiting.find(handle);
    // A form post responds with a page, which only a navigation can show.
    if (!session || isFormPost(parameters.responseMode)) return this.urls.resume(handle);
    const { sessionId, subjectId, authenticatedAt } = session;
    const credential = { scheme: 'session', credentialType: 'session', credentialId: sessionId };
    const facts = principalFacts(signInFacts(session));
    const principal = createPrincipal({ subjectId, sessionId, authenticatedAt, ...credential, ...facts });
    const result = await this.authorizations.resume(handle, principal);
    return result.kind === 'interaction' ? result.url : (await this.responses.send(result.response)).url;
  }

  /** Requires that the query is of a waiting request of this client. @throws AuthError 400; 404 for any other client */
  async requireClient(oauthQuery: string, clientId: string): Promise<void> {
    const { client } = await this.waiting.find(this.verify(oauthQuery));
    if (client.clientId !== clientId) throw AuthError.notFound('There is no such client');
  }

  private verify(oauthQuery: string): string {
    const handle = readSignedQuery(oauthQuery, this.clock.now().getTime(), this.box);
    if (handle !== null) return handle;
    throw new AuthError({
      status: 400,
      code: 'INVALID_SIGNATURE',
      error: 'invalid_signature',
      description: 'The query is not one of ours, was changed, or has expired',
    });
  }
}
