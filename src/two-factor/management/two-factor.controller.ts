import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { Auth, CurrentPrincipal, OptionalAuth } from '../../common/guards/decorators.js';
import { isFirstParty, SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import {
  BackupCodesAnswer,
  DoneAnswer,
  EnableAnswer,
  EnableBody,
  PasswordBody,
  TotpUriAnswer,
} from '../two-factor.schemas.js';
import { Claimants } from '../verification/claimants.js';
import { TwoFactorService, type NewApp, type Owner } from './two-factor.service.js';

const TAG = 'Two-factor';
const ERRORS = {
  400: 'INVALID_PASSWORD',
  401: 'UNAUTHORIZED, INSUFFICIENT_USER_AUTHENTICATION: show a code first',
  403: 'SESSION_NOT_FRESH: of users without a password',
  429: 'TOO_MANY_REQUESTS',
};

type Password = z.infer<typeof PasswordBody>;

/** Setting up, changing and removing the second factor, on better-auth's wire. */
@AuthController()
export class TwoFactorController {
  constructor(
    private readonly service: TwoFactorService,
    private readonly claimants: Claimants,
    private readonly devices: TrustedDevices,
    private readonly ports: HostPorts,
  ) {}

  @Post('two-factor/enable')
  @HttpCode(200)
  @Auth('session', 'bearer')
  @OptionalAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'enableTwoFactor',
    headers: ['Set-Cookie', 'set-auth-token'],
    credentials: ['session', 'bearer', 'none'],
    example: { password: 'correct horse battery staple' },
    summary: 'Set up a second factor',
    description:
      'An app counts once `verify-totp` has had a code of it; the one before counts until then. Codes by mail count at once. Without a session: for a sign-in that waits for an app to be set up.',
    response: EnableAnswer,
    errors: { ...ERRORS, 400: 'INVALID_PASSWORD, OTP_NOT_CONFIGURED', 403: 'EMAIL_NOT_VERIFIED, SESSION_NOT_FRESH' },
  })
  async enable(
    @Body({ schema: EnableBody }) { method = 'totp', issuer, password, twoFactorToken }: z.infer<typeof EnableBody>,
    @CurrentPrincipal() principal: AuthPrincipal | null,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    if (!isFirstParty(principal) || twoFactorToken !== undefined) {
      const waiting = await this.enrolling(twoFactorToken, request);
      return appReply(await this.service.newApp(waiting, issuer));
    }
    const owner = await this.ownerOf(principal!, password, request);
    if (method === 'totp') return appReply(await this.service.beginApp(owner, issuer));
    const { backupCodes, started } = await this.service.chooseMail(owner, callerOf(request));
    const reply = secretReply({ method, ...(backupCodes && { backupCodes }) });
    if (!started) return reply;
    const { cookies, exposed } = this.ports.sessionTransport.get().carry(started, request.headers);
    for (const [name, value] of Object.entries(exposed)) reply.expose(name, value);
    return reply.cookie(...cookies);
  }

  @Post('two-factor/disable')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'disableTwoFactor',
    headers: ['Set-Cookie'],
    example: { password: 'correct horse battery staple' },
    summary: 'Remove the second factor',
    description: 'With backup codes and trusted devices. Only in a session that has shown it lately.',
    response: DoneAnswer,
    errors: { ...ERRORS, 400: 'INVALID_PASSWORD, TWO_FACTOR_NOT_ENABLED', 403: 'TWO_FACTOR_REQUIRED' },
  })
  async disable(
    @Body({ schema: PasswordBody }) { password }: Password,
    @CurrentPrincipal() principal: AuthPrincipal,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    await this.service.disable(await this.ownerOf(principal, password, request), callerOf(request));
    return new HttpReply({ status: true }).cookie(...this.devices.cleared());
  }

  @Post('two-factor/get-totp-uri')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'getTotpUri',
    example: { password: 'correct horse battery staple' },
    summary: 'The address of the secret, for another app',
    description: 'With the password, in a session that has shown the factor lately.',
    response: TotpUriAnswer,
    errors: { ...ERRORS, 400: 'INVALID_PASSWORD, TOTP_NOT_ENABLED' },
  })
  async uri(
    @Body({ schema: PasswordBody }) { password }: Password,
    @CurrentPrincipal() principal: AuthPrincipal,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return secretReply({ totpURI: await this.service.totpUri(await this.ownerOf(principal, password, request)) });
  }

  @Post('two-factor/generate-backup-codes')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'generateBackupCodes',
    example: { password: 'correct horse battery staple' },
    summary: 'Ten new backup codes',
    description: 'All those before are void.',
    response: BackupCodesAnswer,
    errors: { ...ERRORS, 400: 'INVALID_PASSWORD, TWO_FACTOR_NOT_ENABLED' },
  })
  async backupCodes(
    @Body({ schema: PasswordBody }) { password }: Password,
    @CurrentPrincipal() principal: AuthPrincipal,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const owner = await this.ownerOf(principal, password, request);
    return secretReply({ status: true, backupCodes: await this.service.replaceBackupCodes(owner, callerOf(request)) });
  }

  private async ownerOf(
    principal: AuthPrincipal,
    password: string | undefined,
    request: GuardedRequest,
  ): Promise<Owner> {
    return { claimant: await this.claimants.signedIn(principal), principal, password, caller: callerOf(request) };
  }

  /** @throws AuthError 401 for everybody whose sign-in does not wait for this */
  private async enrolling(token: string | undefined, { headers }: GuardedRequest) {
    const claimant = await (token === undefined
      ? this.claimants.ofBrowser(headers)
      : this.claimants.of({ token, principal: null, headers }));
    if (!claimant?.challenge?.enrols) throw AuthError.unauthenticated();
    return claimant;
  }
}

function appReply({ totpUri: totpURI, backupCodes }: NewApp): HttpReply {
  return secretReply({ method: 'totp', totpURI, backupCodes });
}

function secretReply(body: object): HttpReply {
  return new HttpReply<unknown>(body).header('Cache-Control', 'no-store');
}
