import { Body, Headers } from '@nestjs/common';
import { z } from 'zod';
import { BrowserSession } from '../../common/guards/browser-session.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { OAuthEndpoint } from '../../common/http/routes/oauth-endpoint.decorator.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { AuthorizationFlow } from './authorization-flow.js';
import type { AuthorizationResult } from './authorization-response.js';
import { AuthorizationReplies } from './authorization.replies.js';
import { AuthorizeService } from './authorize.service.js';
import { isSpent } from './request-errors.js';
import { WaitingAuthorizations, type WaitingAuthorization } from './waiting-authorizations.js';

const handle = z.string().max(256);
const ConsentForm = z.object({ request: handle, accept: z.enum(['true', 'false']) });
const AccountForm = z.object({ request: handle, account: z.string().max(1_024) });

/**
 * The forms of the built-in pages. Whoever is not signed in, or is somebody else than was asked, goes on as after the GET of the page: to sign
 * in, or to be asked in person (F35).
 */
@AuthController()
export class InteractionFormsController {
  constructor(
    private readonly authorizations: AuthorizeService,
    private readonly waiting: WaitingAuthorizations,
    private readonly flow: AuthorizationFlow,
    private readonly sessions: BrowserSession,
    private readonly replies: AuthorizationReplies,
  ) {}

  @OAuthEndpoint('POST', 'consent/answer', { form: true, page: true, summary: 'The form of consent', hidden: true })
  async consent(
    @Body({ schema: ConsentForm }) { request, accept }: z.infer<typeof ConsentForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    const principal = await this.sessions.principal(headers);
    const { row } = (await this.waiting.lookUp(request)).waiting;
    if (!principal?.sessionId || row.session_id !== principal.sessionId)
      return this.replyTo(this.flow.toResume(request), headers);
    const accepts = accept === 'true';
    const sent = { request, principal, headers };
    return this.orAgain(
      sent,
      () => this.authorizations.consent(request, principal, { accept: accepts, scopes: null }),
      // Whoever answers this page has been asked all that the request wants to be asked.
      async (pending) => (accepts ? this.authorizations.beginAgain(pending, principal, []) : this.flow.denied(pending)),
    );
  }

  @OAuthEndpoint('POST', 'select-account', { form: true, page: true, summary: 'The form of accounts', hidden: true })
  async selectAccount(
    @Body({ schema: AccountForm }) { request, account }: z.infer<typeof AccountForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    const principal = await this.sessions.principal(headers);
    if (!principal) return this.replyTo(this.flow.toResume(request), headers);
    return this.orAgain(
      { request, principal, headers },
      () => this.authorizations.selectAccount(request, principal, account),
      (pending) => {
        const left = pending.parameters.prompts.filter((prompt) => prompt !== 'select_account');
        return this.authorizations.beginAgain(pending, principal, left);
      },
    );
  }

  /**
   * A browser shows the reply to the second of two equal forms, and the client never gets the code of the first. So the answer that was given is
   * given again, by a request that begins anew; the one that was answered stays spent (T063).
   */
  private async orAgain(
    { request, principal, headers }: { request: string; principal: AuthPrincipal; headers: HeaderBag },
    answer: () => Promise<AuthorizationResult>,
    again: (pending: WaitingAuthorization) => Promise<AuthorizationResult>,
  ): Promise<HttpReply> {
    try {
      return this.replyTo(await answer(), headers);
    } catch (error) {
      if (!isSpent(error)) throw error;
      const pending = await this.waiting.lookUp(request);
      const { row } = pending.waiting;
      const isTheirs = [row.session_id, row.selected_session_id].includes(principal.sessionId);
      if (!row.answered || row.expired || !isTheirs) throw error;
      return this.replyTo(await again(pending), headers);
    }
  }

  private replyTo(result: AuthorizationResult, headers: HeaderBag): Promise<HttpReply> {
    return this.replies.of(result, { json: false, status: 303, ownForm: headers });
  }
}
