import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { Auth, CurrentPrincipal, OptionalAuth } from '../../common/guards/decorators.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { SignInContinuations } from '../../common/ports/sign-in-continuations.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import {
  DoneAnswer,
  SendCodeBody,
  VerifiedAnswer,
  VerifyBackupCodeBody,
  VerifyCodeBody,
} from '../two-factor.schemas.js';
import { Claimants } from './claimants.js';
import type { CodeKind } from './code-proofs.js';
import type { Proven } from './proven-sign-ins.js';
import { Verifications } from './verifications.js';

const TAG = 'Two-factor';
const ERRORS = {
  400: 'TOTP_NOT_ENABLED, TWO_FACTOR_NOT_ENABLED, OTP_NOT_CONFIGURED, OTP_HAS_EXPIRED, TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE',
  401: 'INVALID_CODE, INVALID_TWO_FACTOR_COOKIE',
  429: 'ACCOUNT_TEMPORARILY_LOCKED, TOO_MANY_REQUESTS',
};
const DESCRIPTION =
  'Of a sign-in that waits, by its cookie or by `twoFactorToken`: its session starts. With a session: it is stronger and fresher from now on.';

type Wish = z.infer<typeof VerifyBackupCodeBody>;

/** The second factor itself, on better-auth's wire. */
@AuthController()
@Auth('session', 'bearer')
@OptionalAuth()
export class VerificationController {
  constructor(
    private readonly claimants: Claimants,
    private readonly verifications: Verifications,
    private readonly continuations: SignInContinuations,
    private readonly ports: HostPorts,
  ) {}

  @Post('two-factor/verify-totp')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'verifyTotp',
    headers: ['Set-Cookie', 'set-auth-token'],
    credentials: ['session', 'bearer', 'none'],
    example: { code: '123456' },
    summary: 'Show a code of an app',
    description: `${DESCRIPTION} A code of an app that is being set up makes it count.`,
    response: VerifiedAnswer,
    errors: ERRORS,
  })
  totp(
    @Body({ schema: VerifyCodeBody }) body: z.infer<typeof VerifyCodeBody>,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.verify('totp', body, principal, request);
  }

  @Post('two-factor/verify-otp')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'verifyTwoFactorMailCode',
    headers: ['Set-Cookie', 'set-auth-token'],
    credentials: ['session', 'bearer', 'none'],
    example: { code: '123456' },
    summary: 'Show a code that came by mail',
    description: DESCRIPTION,
    response: VerifiedAnswer,
    errors: ERRORS,
  })
  otp(
    @Body({ schema: VerifyCodeBody }) body: z.infer<typeof VerifyCodeBody>,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.verify('otp', body, principal, request);
  }

  @Post('two-factor/verify-backup-code')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'verifyBackupCode',
    headers: ['Set-Cookie', 'set-auth-token'],
    credentials: ['session', 'bearer', 'none'],
    example: { code: 'aB3dE-fG7hJ' },
    summary: 'Show a backup code',
    description: `${DESCRIPTION} The code is spent, and its user is told by mail. Also while the account is locked.`,
    response: VerifiedAnswer,
    errors: { ...ERRORS, 400: 'BACKUP_CODES_NOT_ENABLED', 401: 'INVALID_BACKUP_CODE, INVALID_TWO_FACTOR_COOKIE' },
  })
  backupCode(
    @Body({ schema: VerifyBackupCodeBody }) body: z.infer<typeof VerifyBackupCodeBody>,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.verify('backup', body, principal, request);
  }

  @Post('two-factor/send-otp')
  @HttpCode(200)
  @DescribeRoute({
    tag: TAG,
    id: 'sendTwoFactorMailCode',
    credentials: ['session', 'bearer', 'none'],
    example: {},
    summary: 'Send a code by mail',
    description: 'For users who have chosen codes by mail. At most three for one sign-in.',
    response: DoneAnswer,
    errors: {
      400: 'OTP_NOT_CONFIGURED, TWO_FACTOR_NOT_ENABLED',
      401: 'INVALID_TWO_FACTOR_COOKIE',
      429: 'TOO_MANY_REQUESTS',
    },
  })
  async send(
    @Body({ schema: SendCodeBody }) { twoFactorToken: token }: z.infer<typeof SendCodeBody>,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Req() { headers }: GuardedRequest,
  ): Promise<{ status: true }> {
    await this.verifications.send(await this.claimants.of({ token, principal, headers }));
    return { status: true };
  }

  private async verify(
    kind: CodeKind,
    { code, trustDevice = false, twoFactorToken: token, oauth_query: query, disableSession: onlyCode = false }: Wish,
    principal: AuthPrincipal | null,
    request: GuardedRequest,
  ): Promise<HttpReply> {
    const caller = callerOf(request);
    const claimant = await this.claimants.of({ token, principal, headers: request.headers });
    const waiting = await this.continuations.find(query);
    const wish = { trustDevice, onlyCode, answersWithBody: waiting === null };
    const proven = await this.verifications.verify(kind, code, claimant, wish, caller);
    const url = waiting && proven.signIn && (await waiting.resume(proven.signIn));
    return this.reply(url ? { redirect: true, url } : bodyOf(proven), proven, request);
  }

  private reply(body: object, { started, cookies }: Proven, { headers }: GuardedRequest): HttpReply {
    const reply = new HttpReply<unknown>(body).header('Cache-Control', 'no-store');
    if (started) {
      const carrier = this.ports.sessionTransport.get().carry(started, headers);
      reply.cookie(...carrier.cookies);
      for (const [name, value] of Object.entries(carrier.exposed)) reply.expose(name, value);
    }
    return reply.cookie(...cookies);
  }
}

function bodyOf({ claimant, started, signIn, backupCodesLeft }: Proven): object {
  return {
    ...(signIn && { token: started?.token ?? null }),
    user: { ...claimant.user, twoFactorEnabled: true },
    ...(backupCodesLeft !== null && { backupCodesLeft }),
    ...started?.additions,
  };
}
