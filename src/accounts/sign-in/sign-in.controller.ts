import { Body, Headers, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { sentOn } from '../../common/http/pages/onward.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AcceptsPageForm } from '../../common/http/origins/request.guard.js';
import { isDue, type SecondFactorDue } from '../../common/ports/second-factor.js';
import { SignInContinuations, type WaitingRequest } from '../../common/ports/sign-in-continuations.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { SignInAnswer, SignInBody, SignOutAnswer, SignUpAnswer, SignUpBody } from '../account.schemas.js';
import { SessionReplies, startedBody } from '../sessions/session.replies.js';
import { SessionsService, type SignInResult } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from './account-sign-in-flow.js';
import { SignInService } from './sign-in.service.js';
import { VerifyingBrowser } from './verifying-browser.js';

const TAG = 'Sign-in';

/** Sign-up, sign-in and sign-out, on better-auth's wire. */
@AuthController()
export class SignInController {
  constructor(
    private readonly signIns: SignInService,
    private readonly flow: AccountSignInFlow,
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
    private readonly continuations: SignInContinuations,
    private readonly origins: TrustedOrigins,
    private readonly browser: VerifyingBrowser,
    private readonly routes: AuthRoutes,
  ) {}

  @Post('sign-up/email')
  @HttpCode(200)
  @AcceptsPageForm('rememberMe')
  @DescribeRoute({
    tag: TAG,
    id: 'signUpWithEmail',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: { name: 'Ada Lovelace', email: 'ada@example.com', password: 'correct horse battery staple' },
    summary: 'Sign up with e-mail and password',
    description:
      'Signs the new user in, unless the server asks for a verified address or does not tell whether one is taken: then `token` is null.',
    response: SignUpAnswer,
    errors: {
      400: 'INVALID_EMAIL, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG',
      422: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async signUp(
    @Body({ schema: SignUpBody }) body: z.infer<typeof SignUpBody>,
    @Req() request: GuardedRequest,
  ): Promise<unknown> {
    const callbackUrl = await this.checkCallback(body.callbackURL);
    const waiting = await this.continuations.find(body.oauth_query);
    const mark = this.signIns.marksBrowsers ? this.browser.mark() : null;
    const command = {
      name: body.name,
      email: body.email,
      password: body.password,
      image: body.image ?? null,
      rememberMe: body.rememberMe ?? true,
      answersWithBody: waiting === null,
      callbackUrl: callbackUrl ?? null,
      browser: mark?.digest ?? null,
    };
    const { user, outcome } = await this.signIns.signUp(command, callerOf(request));
    if (!outcome) return new HttpReply({ token: null, user }).cookie(...(mark?.cookies ?? []));
    if (isDue(outcome)) return this.due(outcome, waiting?.url ?? callbackUrl, request);
    const started = outcome;
    if (waiting) return this.resumed(waiting, started, request);
    return this.replies.signedIn({ ...startedBody(started), user }, started, request.headers);
  }

  @Post('sign-in/email')
  @HttpCode(200)
  @AcceptsPageForm('rememberMe')
  @DescribeRoute({
    tag: TAG,
    id: 'signInWithEmail',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: { email: 'demo@example.com', password: 'demo-password' },
    summary: 'Sign in with e-mail and password',
    description:
      'Sets the session cookie, and `set-auth-token` for clients that keep none. With refresh tokens on, access and refresh token come along.',
    response: SignInAnswer,
    errors: {
      400: 'INVALID_EMAIL',
      401: 'INVALID_EMAIL_OR_PASSWORD',
      403: 'EMAIL_NOT_VERIFIED, BANNED_USER',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async signIn(
    @Body({ schema: SignInBody }) body: z.infer<typeof SignInBody>,
    @Req() request: GuardedRequest,
  ): Promise<unknown> {
    const callbackUrl = await this.checkCallback(body.callbackURL);
    const waiting = await this.continuations.find(body.oauth_query);
    const { email, password, rememberMe = true } = body;
    const command = {
      email,
      password,
      rememberMe,
      answersWithBody: waiting === null,
      callbackUrl: callbackUrl ?? null,
    };
    const { user, outcome } = await this.signIns.signIn(command, callerOf(request));
    if (isDue(outcome)) return this.due(outcome, waiting?.url ?? callbackUrl, request);
    const started = outcome;
    if (waiting) return this.resumed(waiting, started, request);
    const url = callbackUrl && (await this.flow.sendBack(started, callbackUrl));
    const reply = this.replies.signedIn(
      { redirect: url !== undefined, ...(url !== undefined && { url }), ...startedBody(started), user },
      started,
      request.headers,
    );
    if (url === undefined) return reply;
    return sentOn(reply.header('Location', url), url, request);
  }

  @Post('sign-out')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'signOut',
    headers: ['Set-Cookie'],
    credentials: ['session', 'bearer', 'none'],
    summary: 'Sign out',
    description:
      'Ends the session, every other one in the cookies of the request, and all tokens made from them. Idempotent.',
    response: SignOutAnswer,
  })
  async signOut(@Headers() headers: HeaderBag): Promise<HttpReply> {
    const found = await this.sessions.identified(headers);
    if (found) await this.sessions.signOut(found);
    await this.sessions.endBrought(headers, 'signed out');
    return this.replies.signedOut({ success: true });
  }

  private async checkCallback(url: string | undefined): Promise<string | undefined> {
    return url ? requireCallbackUrl(url, this.origins) : undefined;
  }

  /** The reply to a sign-in that needs another factor; a form of the host's own page goes on to ours. */
  private due(outcome: SecondFactorDue, continueTo: string | undefined, request: GuardedRequest): HttpReply {
    const page = outcome.pageUrl(continueTo ?? this.routes.publicPathOf('/account'));
    return sentOn(this.replies.signedIn(outcome.body, outcome, request.headers), page, request);
  }

  /** The reply to a sign-in that an authorization request was waiting for, as better-auth gives it. */
  private async resumed(waiting: WaitingRequest, started: SignInResult, request: GuardedRequest): Promise<HttpReply> {
    const url = await waiting.resume(started.signIn);
    return sentOn(this.replies.signedIn({ redirect: true, url }, started, request.headers), url, request);
  }
}
