import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { withError } from '../../common/http/origins/callback-url.js';
import { AcceptsForm, GetAlone, RendersPage } from '../../common/http/origins/request.guard.js';
import { HttpReply, redirectTo, seeOther } from '../../common/http/request/reply.js';
import { callerOf, contextOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { isBrowserForm, wantsPage } from '../../common/http/request/wants-json.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { SignInContinuations } from '../../common/ports/sign-in-continuations.js';
import { StartedSessionAnswer, StatusAnswer } from '../account.schemas.js';
import { LinkAddresses, type LinkTargets } from './link-addresses.js';
import { LinkReplies } from './link-replies.js';
import { MagicLinkBody, OpenMagicLinkBody, OpenMagicLinkQuery } from './magic-link.schemas.js';
import { MagicLinks } from './magic-links.js';

const TAG = 'Sign-in';
const ERRORS = {
  401: 'INVALID_TOKEN',
  403: 'CONFIRMATION_REQUIRED, SIGN_UP_DISABLED, INVALID_CALLBACK_URL',
  404: 'NOT_FOUND',
  429: 'TOO_MANY_REQUESTS',
} as const;

/** Sign-in by a link, on better-auth's wire. */
@AuthController()
export class MagicLinkController {
  constructor(
    private readonly links: MagicLinks,
    private readonly addresses: LinkAddresses,
    private readonly replies: LinkReplies,
    private readonly continuations: SignInContinuations,
  ) {}

  @Post('sign-in/magic-link')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'signInWithMagicLink',
    headers: ['Set-Cookie'],
    example: { email: 'ada@example.com' },
    summary: 'Ask for a link that signs in',
    description: 'The answer is the same for every address. The link signs in at once in the browser that has asked.',
    response: StatusAnswer,
    errors: {
      400: 'INVALID_EMAIL',
      403: 'INVALID_CALLBACK_URL, INVALID_NEW_USER_CALLBACK_URL, INVALID_ERROR_CALLBACK_URL',
      404: 'NOT_FOUND',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async request(
    @Body({ schema: MagicLinkBody }) body: z.infer<typeof MagicLinkBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.links.requireOn();
    const { email, name, metadata, oauth_query: oauthQuery, ...given } = body;
    const targets = await this.addresses.require(given);
    const waiting = await this.continuations.find(oauthQuery);
    const callbackURL = waiting?.url ?? targets.callbackURL ?? this.replies.defaultTarget;
    const wish = { email, name: name ?? null, metadata: metadata ?? null, ...targets, callbackURL };
    const cookies = await this.links.request(wish, callerOf(request));
    return new HttpReply({ status: true }).cookie(...cookies);
  }

  @Get('magic-link/verify')
  @GetAlone()
  @RendersPage()
  @DescribeRoute({
    tag: TAG,
    id: 'verifyMagicLink',
    headers: ['Set-Cookie', 'set-auth-token'],
    summary: 'Sign in by the link of the mail',
    description:
      'In the browser that has asked: with `callbackURL` it is sent there, with `error` where the link is not good; without it the answer is JSON. In another browser a page asks first, and a script gets `CONFIRMATION_REQUIRED`; the link stays good.',
    response: StartedSessionAnswer,
    types: ['text/html'],
    errors: ERRORS,
  })
  async open(
    @Query({ schema: OpenMagicLinkQuery }) { token, ...given }: z.infer<typeof OpenMagicLinkQuery>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.links.requireOn();
    const targets = await this.addresses.require(given);
    const caller = callerOf(request);
    return this.orErrorTarget(targets, redirectWith(302), async () => {
      const link = await this.links.read(token, caller);
      if (!(await this.links.isOfBrowser(link, caller))) {
        if (!wantsPage(request.headers)) throw confirmationRequired();
        return this.replies.confirmation(link, targets, caller.headers);
      }
      const signIn = await this.links.open(link, { caller, answersWithBody: targets.callbackURL === null });
      const url = await this.replies.targetOf(signIn, targets);
      if (url === null) return this.replies.started(signIn, caller.headers);
      return redirectTo(url)
        .withStatus(302)
        .cookie(...this.replies.cookiesOf(signIn, caller.headers));
    });
  }

  @Post('magic-link/verify')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({
    tag: TAG,
    id: 'confirmMagicLink',
    headers: ['Set-Cookie', 'set-auth-token'],
    form: true,
    example: { token: 'the token of the link' },
    summary: 'Sign in by the link of the mail, in whichever browser or app',
    description: 'What the button of the page sends that `GET` shows in another browser than the one that has asked.',
    response: StartedSessionAnswer,
    errors: ERRORS,
  })
  async confirm(
    @Body({ schema: OpenMagicLinkBody }) { token, ...given }: z.infer<typeof OpenMagicLinkBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.links.requireOn();
    const targets = await this.addresses.require(given);
    const caller = callerOf(request);
    const isForm = isBrowserForm(contextOf(request).bodyKind, request.headers);
    const open = async () =>
      this.links.open(await this.links.read(token, caller), { caller, answersWithBody: !isForm });
    if (!isForm) return this.replies.started(await open(), caller.headers);
    return this.orErrorTarget(targets, seeOther, async () =>
      this.replies.onward(await open(), targets, caller.headers),
    );
  }

  /** Sends the browser to where the link tells of failures; without such an address, throws. */
  private async orErrorTarget(
    { callbackURL, errorCallbackURL }: LinkTargets,
    sendTo: (url: string) => HttpReply,
    attempt: () => Promise<HttpReply>,
  ): Promise<HttpReply> {
    const target = errorCallbackURL ?? callbackURL;
    try {
      return (await attempt()).header('Cache-Control', 'no-store');
    } catch (error) {
      if (target === null || !(error instanceof AuthError) || error.status >= 429) throw error;
      if (error.code === CONFIRMATION_REQUIRED) throw error;
      return sendTo(withError(target, CODES[error.code] ?? error.code)).header('Cache-Control', 'no-store');
    }
  }
}

const CONFIRMATION_REQUIRED = 'CONFIRMATION_REQUIRED';
/** What better-auth's pages look for. */
const CODES: Readonly<Record<string, string>> = { SIGN_UP_DISABLED: 'new_user_signup_disabled' };

const redirectWith = (status: number) => (url: string) => redirectTo(url).withStatus(status);

function confirmationRequired(): AuthError {
  return AuthError.forbidden(CONFIRMATION_REQUIRED, 'Another browser has asked for this link. Confirm it by POST.');
}
