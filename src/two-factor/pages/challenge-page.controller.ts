import { Body, Get, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { CHALLENGE_PATH, ENROLMENT_PATH } from '../challenge/challenges.js';
import { SecondFactorGate } from '../challenge/second-factor.gate.js';
import { BackupCodes } from '../factors/backup-codes.js';
import { MailCodes } from '../factors/mail-codes.js';
import { TwoFactors } from '../factors/two-factors.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import { ChallengeForm, ChallengeQuery, ContinueForm } from '../two-factor.schemas.js';
import type { Claimant } from '../verification/claimants.js';
import { Verifications } from '../verification/verifications.js';
import { challengePage } from './challenge.page.js';
import { isOfCode, type CodeFailure } from './code-forms.js';
import { WaitingVisitors } from './waiting-visitors.js';

const TAG = 'Pages';
const SEND_PATH = '/two-factor/send';

/** Asks for the second factor, without script: of a sign-in that waits, or of a user who is signed in and has to show more. */
@AuthController()
export class ChallengePageController {
  constructor(
    private readonly visitors: WaitingVisitors,
    private readonly verifications: Verifications,
    private readonly factors: TwoFactors,
    private readonly mailCodes: MailCodes,
    private readonly backupCodes: BackupCodes,
    private readonly devices: TrustedDevices,
    private readonly gate: SecondFactorGate,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('two-factor')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks for the second factor', hidden: true })
  async show(
    @Query({ schema: ChallengeQuery }) { continue: given, sent }: z.infer<typeof ChallengeQuery>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    const target = await this.visitors.target(given);
    const claimant = await this.visitors.of(headers);
    if (!claimant) return seeOther(this.visitors.signInUrl(target));
    if (claimant.challenge?.enrols) return seeOther(this.addressOf(ENROLMENT_PATH, target));
    return this.page(claimant, target, null, sent !== undefined);
  }

  @Post('two-factor')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of a code', hidden: true })
  async verify(
    @Body({ schema: ChallengeForm }) { continue: given, kind, code, trust }: z.infer<typeof ChallengeForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const target = await this.visitors.target(given);
    return this.visitors.forClaimant(request.headers, target, async (claimant) => {
      const wish = { trustDevice: trust === 'true', answersWithBody: false };
      try {
        const proven = await this.verifications.verify(kind, code, claimant, wish, callerOf(request));
        return await this.visitors.goOn(proven, target, request.headers);
      } catch (error) {
        if (!(error instanceof AuthError) || !isOfCode(error)) throw error;
        return this.page(claimant, target, { error, kind }, false);
      }
    });
  }

  @Post('two-factor/send')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that sends a code by mail', hidden: true })
  async send(
    @Body({ schema: ContinueForm }) { continue: given }: z.infer<typeof ContinueForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    const target = await this.visitors.target(given);
    return this.visitors.forClaimant(headers, target, async (claimant) => {
      try {
        await this.verifications.send(claimant);
        return seeOther(`${this.addressOf(CHALLENGE_PATH, target)}&sent=mail`);
      } catch (error) {
        if (!(error instanceof AuthError) || error.status !== 429) throw error;
        return this.page(claimant, target, { error, kind: 'otp' }, false);
      }
    });
  }

  private async page(
    claimant: Claimant,
    continueTo: string,
    failure: CodeFailure | null,
    wasSent: boolean,
  ): Promise<HttpReply> {
    const { user, challenge } = claimant;
    const state = await this.factors.of(user.id);
    const offers = await this.gate.offersFor(user.id, challenge?.amr);
    // Signed in, and nothing to show: where they set one up.
    if (!state.isOn && offers.length === 0) return seeOther(this.routes.publicPathOf('/account/two-factor'));
    return challengePage({
      account: user.email,
      isStepUp: challenge === null,
      methods: this.gate.methodsOf(state),
      offers,
      hasBackupCodes: state.isOn && (await this.backupCodes.left(user.id)) > 0,
      wasSent,
      isDelayed: this.mailCodes.areDelayed,
      trustSeconds: this.devices.areOn ? this.devices.lifetimeSeconds : null,
      continueTo,
      action: this.routes.publicPathOf(CHALLENGE_PATH, 'POST'),
      sendAction: this.routes.publicPathOf(SEND_PATH, 'POST'),
      signInUrl: this.visitors.signInUrl(continueTo),
      failure,
    });
  }

  private addressOf(path: string, continueTo: string): string {
    return `${this.routes.publicPathOf(path)}?${new URLSearchParams({ continue: continueTo })}`;
  }
}
