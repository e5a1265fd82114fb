import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { isDue } from '../../common/ports/second-factor.js';
import { SignInContinuations } from '../../common/ports/sign-in-continuations.js';
import { SessionReplies, startedBody } from '../sessions/session.replies.js';
import { CodeOrders } from './code-orders.js';
import { CodeSignIns } from './code-sign-ins.js';
import {
  CheckCodeBody,
  CodeSignInAnswer,
  CodeVerifiedAnswer,
  SendCodeBody,
  SignInCodeBody,
  SuccessAnswer,
  VerifyCodeBody,
} from './email-code.schemas.js';

const TAG = 'Sign-in';
const REFUSED = {
  400: 'INVALID_EMAIL, INVALID_OTP, USER_NOT_FOUND',
  403: 'TOO_MANY_ATTEMPTS',
  404: 'NOT_FOUND',
  429: 'TOO_MANY_REQUESTS',
} as const;
const TYPED = { email: 'ada@example.com', otp: '123456' };

/** Codes by mail, on better-auth's wire: they sign in, and verify addresses. */
@AuthController()
export class EmailCodeController {
  constructor(
    private readonly orders: CodeOrders,
    private readonly codes: CodeSignIns,
    private readonly replies: SessionReplies,
    private readonly continuations: SignInContinuations,
  ) {}

  @Post('email-otp/send-verification-otp')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'sendEmailCode',
    example: { email: 'ada@example.com', type: 'sign-in' },
    summary: 'Ask for a code',
    description:
      'The answer is the same for every address. Earlier codes stay good; wrong guesses are counted for all.',
    response: SuccessAnswer,
    errors: { 400: 'INVALID_EMAIL, INVALID_OTP_TYPE', 404: 'NOT_FOUND', 429: 'TOO_MANY_REQUESTS' },
  })
  async send(
    @Body({ schema: SendCodeBody }) { email, type }: z.infer<typeof SendCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ success: true }> {
    this.orders.requireOn();
    if (type === 'change-email') throw AuthError.badRequest('INVALID_OTP_TYPE', 'Invalid OTP type');
    await this.orders.order(type, email, callerOf(request));
    return { success: true };
  }

  @Post('sign-in/email-otp')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'signInWithEmailCode',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: TYPED,
    summary: 'Sign in by a code',
    description: 'Whoever has no account becomes a user, where the options let them.',
    response: CodeSignInAnswer,
    errors: { ...REFUSED, 403: 'TOO_MANY_ATTEMPTS, SIGN_UP_DISABLED' },
  })
  async signIn(
    @Body({ schema: SignInCodeBody }) body: z.infer<typeof SignInCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.orders.requireOn();
    const { email, otp, name = null, image = null, oauth_query: oauthQuery } = body;
    const waiting = await this.continuations.find(oauthQuery);
    const wish = { name, image, answersWithBody: waiting === null };
    const { user, outcome } = await this.codes.signIn({ email, otp, caller: callerOf(request) }, wish);
    if (isDue(outcome)) return this.replies.signedIn(outcome.body, outcome, request.headers);
    if (!waiting) return this.replies.signedIn({ ...startedBody(outcome), user }, outcome, request.headers);
    const url = await waiting.resume(outcome.signIn);
    return this.replies.signedIn({ redirect: true, url }, outcome, request.headers);
  }

  @Post('email-otp/verify-email')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'verifyEmailByCode',
    headers: ['Set-Cookie', 'set-auth-token'],
    credentials: ['session', 'none'],
    example: TYPED,
    summary: 'Verify an address by a code',
    description: 'Also signs in where `emailVerification.autoSignIn` is on; otherwise `token` is null.',
    response: CodeVerifiedAnswer,
    errors: { ...REFUSED, 400: `${REFUSED[400]}, VERIFICATION_EMAIL_NOT_ENABLED` },
  })
  async verify(
    @Body({ schema: VerifyCodeBody }) body: z.infer<typeof VerifyCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    this.orders.requireOn();
    const { user, outcome } = await this.codes.verify({ ...body, caller: callerOf(request) });
    const answer = { status: true, token: null, user };
    if (!outcome) return new HttpReply(answer);
    const further = isDue(outcome) ? outcome.body : startedBody(outcome);
    return this.replies.signedIn({ ...answer, ...further }, outcome, request.headers);
  }

  @Post('email-otp/check-verification-otp')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'checkEmailCode',
    example: { ...TYPED, type: 'forget-password' },
    summary: 'Whether a code is right',
    description: 'It stays good. A wrong one counts as a guess.',
    response: SuccessAnswer,
    errors: REFUSED,
  })
  async check(
    @Body({ schema: CheckCodeBody }) body: z.infer<typeof CheckCodeBody>,
    @Req() request: GuardedRequest,
  ): Promise<{ success: true }> {
    this.orders.requireOn();
    await this.codes.check({ ...body, caller: callerOf(request) });
    return { success: true };
  }
}
