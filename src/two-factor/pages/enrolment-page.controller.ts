import { Body, Get, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { html, type Html } from '../../common/html.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { page } from '../../common/http/pages/page.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { ENROLMENT_PATH } from '../challenge/challenges.js';
import { TwoFactors } from '../factors/two-factors.js';
import { TwoFactorService } from '../management/two-factor.service.js';
import { noChallenge } from '../two-factor.errors.js';
import { ChallengeQuery, ContinueForm, EnrolForm } from '../two-factor.schemas.js';
import type { Claimant } from '../verification/claimants.js';
import { Verifications } from '../verification/verifications.js';
import { appPart, backupCodesPart, codeField, isElsewhere, isOfCode, type CodeFailure } from './code-forms.js';
import { NewFactors, type NewFactor } from './new-factors.js';
import { QrCodes } from './qr-codes.js';
import { WaitingVisitors } from './waiting-visitors.js';

const TAG = 'Pages';

/** Where a user who must have a second factor sets it up, after the first one and before there is a session. */
@AuthController()
export class EnrolmentPageController {
  constructor(
    private readonly visitors: WaitingVisitors,
    private readonly service: TwoFactorService,
    private readonly verifications: Verifications,
    private readonly factors: TwoFactors,
    private readonly made: NewFactors,
    private readonly pictures: QrCodes,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('two-factor/enrol')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sets up the second factor that a user must have', hidden: true })
  async show(
    @Query({ schema: ChallengeQuery }) { continue: given }: z.infer<typeof ChallengeQuery>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    const target = await this.visitors.target(given);
    const claimant = await this.visitors.of(headers);
    if (!claimant?.challenge?.enrols) return seeOther(this.visitors.signInUrl(target));
    const made = this.made.of(claimant.user.id, headers);
    if (made) return this.page(claimant, target, made, null).cookie(...this.made.cleared());
    return this.page(claimant, target, null, null);
  }

  @Post('two-factor/enrol/begin')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that makes a secret', hidden: true })
  async begin(
    @Body({ schema: ContinueForm }) { continue: given }: z.infer<typeof ContinueForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    const target = await this.visitors.target(given);
    return this.visitors.forClaimant(headers, target, async (claimant) => {
      const { secret, backupCodes } = await this.service.newApp(requireEnrolling(claimant));
      return seeOther(this.address(target)).cookie(this.made.hold(claimant.user.id, { secret, backupCodes }));
    });
  }

  @Post('two-factor/enrol')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of the first code', hidden: true })
  async confirm(
    @Body({ schema: EnrolForm }) { continue: given, code }: z.infer<typeof EnrolForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const target = await this.visitors.target(given);
    return this.visitors.forClaimant(request.headers, target, async (claimant) => {
      const wish = { trustDevice: false, answersWithBody: false };
      try {
        const proven = await this.verifications.verify(
          'totp',
          code,
          requireEnrolling(claimant),
          wish,
          callerOf(request),
        );
        return await this.visitors.goOn(proven, target, request.headers);
      } catch (error) {
        if (!(error instanceof AuthError) || !isOfCode(error)) throw error;
        const { pendingApp } = await this.factors.of(claimant.user.id);
        const made = pendingApp && { secret: pendingApp.secret, backupCodes: [] };
        return this.page(claimant, target, made, { error, kind: 'setup' });
      }
    });
  }

  private page(claimant: Claimant, continueTo: string, made: NewFactor | null, failure: CodeFailure | null): HttpReply {
    const hidden = html`<input type="hidden" name="continue" value="${continueTo}" />`;
    return page({
      title: text('factor.title'),
      status: failure?.error.status ?? 200,
      hasFault: failure !== null,
      self: this.address(continueTo),
      formActions: continueTo.startsWith('/') ? [] : [continueTo],
      body: made ? this.setUpPart(claimant, made, failure, hidden) : this.beginPart(hidden),
    });
  }

  private beginPart(hidden: Html): Html {
    return html`<p id="must">${text('factor.must')}</p>
      <form method="post" action="${this.routes.publicPathOf(`${ENROLMENT_PATH}/begin`, 'POST')}">
        ${hidden}<button id="begin">${text('factor.begin')}</button>
      </form>`;
  }

  private setUpPart({ user }: Claimant, made: NewFactor, failure: CodeFailure | null, hidden: Html): Html {
    const uri = made.secret === undefined ? null : this.service.uriOf(made.secret, user);
    return html`${failure && isElsewhere(failure) && html`<p id="error" class="error" role="alert">${failure.error.description}</p>`}
      ${uri !== null && appPart(made.secret!, uri, this.pictures.of(uri))}
      ${made.backupCodes.length > 0 && backupCodesPart(made.backupCodes)}
      <form method="post" action="${this.routes.publicPathOf(ENROLMENT_PATH, 'POST')}">
        ${hidden} ${codeField('setup', text('challenge.appCode'), failure, { hint: text('factor.confirm') })}
        <button id="confirm">${text('factor.confirmButton')}</button>
      </form>`;
  }

  private address(continueTo: string): string {
    return `${this.routes.publicPathOf(ENROLMENT_PATH)}?${new URLSearchParams({ continue: continueTo })}`;
  }
}

function requireEnrolling(claimant: Claimant): Claimant {
  if (!claimant.challenge?.enrols) throw noChallenge();
  return claimant;
}
