import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { askPage, linkSentPage } from '../mailbox-sign-in/ask-address.page.js';
import { continueAddress } from '../mailbox-sign-in/continue-address.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { LinkPageForm, LinkPageQuery } from './magic-link.schemas.js';
import { MagicLinks } from './magic-links.js';

const TAG = 'Pages';
export const LINK_PATH = '/sign-in-link';
const WORDS = { title: 'byMail.linkTitle', about: 'byMail.linkAbout', button: 'byMail.linkButton' } as const;

/** Asks for a link without script. */
@AuthController()
export class LinkPageController {
  constructor(
    private readonly links: MagicLinks,
    private readonly flow: AccountSignInFlow,
    private readonly origins: TrustedOrigins,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('sign-in-link')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks for the address to send a link to', hidden: true })
  async ask(@Query({ schema: LinkPageQuery }) query: z.infer<typeof LinkPageQuery>): Promise<HttpReply> {
    this.links.requireOn();
    const continueTo = await continueAddress(query.continue, this.origins, this.routes);
    if (query.done !== undefined) return linkSentPage(this.flow.signInUrl(continueTo), this.links.areDelayed);
    return this.formOf(continueTo, query.login_hint ?? '', query.error === undefined ? null : badLink());
  }

  @Post('sign-in-link')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sends the link', hidden: true })
  async send(
    @Body({ schema: LinkPageForm }) { email, continue: target }: z.infer<typeof LinkPageForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.links.requireOn();
    const callbackURL = await continueAddress(target, this.origins, this.routes);
    const here = `${this.routes.publicPathOf(LINK_PATH)}?${new URLSearchParams({ continue: callbackURL })}`;
    const targets = { callbackURL, newUserCallbackURL: null, errorCallbackURL: here };
    try {
      const cookies = await this.links.request({ email, name: null, metadata: null, ...targets }, callerOf(request));
      return seeOther(`${here}&done=sent`).cookie(...cookies);
    } catch (error) {
      if (!(error instanceof AuthError) || error.status >= 500) throw error;
      return this.formOf(callbackURL, email, error);
    }
  }

  private formOf(continueTo: string, email: string, failure: AuthError | null): HttpReply {
    const action = this.routes.publicPathOf(LINK_PATH, 'POST');
    return askPage({ words: WORDS, action, continueTo, email, failure, signInUrl: this.flow.signInUrl(continueTo) });
  }
}

function badLink(): AuthError {
  return AuthError.badRequest('MAGIC_LINK_INVALID', 'This link is no longer good. Ask for a new one.');
}
