import { Body, Get, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { HostPorts } from '../../common/ports/port.js';
import { TwoFactorService, type Owner } from '../management/two-factor.service.js';
import { TrustedDevices } from '../trust/trusted-devices.js';
import { ConfirmFactorForm, DeviceForm, FactorForm, FactorPageQuery } from '../two-factor.schemas.js';
import { Claimants } from '../verification/claimants.js';
import { Verifications } from '../verification/verifications.js';
import { isOfCode } from './code-forms.js';
import { FactorPages } from './factor-pages.js';
import { FACTOR_PATH } from './factor.parts.js';
import { NewFactors } from './new-factors.js';

const TAG = 'Pages';

type Form = z.infer<typeof FactorForm>;

/** The page of the account about the second factor: sets it up, changes it, removes it, and lists trusted browsers. */
@AuthController()
export class FactorPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly pages: FactorPages,
    private readonly service: TwoFactorService,
    private readonly verifications: Verifications,
    private readonly claimants: Claimants,
    private readonly devices: TrustedDevices,
    private readonly made: NewFactors,
    private readonly ports: HostPorts,
  ) {}

  @Get('account/two-factor')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The second factor', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: FactorPageQuery }) { done }: z.infer<typeof FactorPageQuery>,
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, FACTOR_PATH, async (visitor) => {
      const made = this.made.of(visitor.user.id, headers);
      const reply = await this.pages.of(visitor, headers, { made }, done);
      return made ? reply.cookie(...this.made.cleared()) : reply;
    });
  }

  @Post('account/two-factor/set-up')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that sets a factor up', hidden: true })
  setUp(@Body({ schema: FactorForm }) form: Form, @Req() request: GuardedRequest): Promise<HttpReply> {
    const isApp = form.method === 'totp';
    return this.acting(form, request, isApp ? 'app' : 'mail', async (owner, { user }) => {
      if (isApp) {
        const { secret, backupCodes } = await this.service.beginApp(owner);
        return seeOther(this.area.urlOf(FACTOR_PATH)).cookie(this.made.hold(user.id, { secret, backupCodes }));
      }
      const { backupCodes, started } = await this.service.chooseMail(owner, callerOf(request));
      const reply = this.area.back(FACTOR_PATH, 'factorOn');
      if (started) reply.cookie(...this.ports.sessionTransport.get().carry(started, request.headers).cookies);
      return backupCodes ? reply.cookie(this.made.hold(user.id, { backupCodes })) : reply;
    });
  }

  @Post('account/two-factor/confirm')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of the first code of an app', hidden: true })
  confirm(
    @Body({ schema: ConfirmFactorForm }) form: z.infer<typeof ConfirmFactorForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const { headers } = request;
    return this.area.forForm(headers, FACTOR_PATH, form, async (visitor) => {
      const claimant = await this.claimants.signedIn(visitor.principal);
      const wish = { trustDevice: false, answersWithBody: false };
      try {
        const { started, cookies } = await this.verifications.verify(
          'totp',
          form.code,
          claimant,
          wish,
          callerOf(request),
        );
        const reply = this.area.back(FACTOR_PATH, 'factorOn').cookie(...cookies);
        return started ? reply.cookie(...this.ports.sessionTransport.get().carry(started, headers).cookies) : reply;
      } catch (error) {
        if (!(error instanceof AuthError) || !isOfCode(error)) throw error;
        return this.pages.of(visitor, headers, { failure: { error, kind: 'setup' } });
      }
    });
  }

  @Post('account/two-factor/backup-codes')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that makes new backup codes', hidden: true })
  newCodes(@Body({ schema: FactorForm }) form: Form, @Req() request: GuardedRequest): Promise<HttpReply> {
    return this.acting(form, request, 'codes', async (owner, { user }) => {
      const backupCodes = await this.service.replaceBackupCodes(owner, callerOf(request));
      return seeOther(this.area.urlOf(FACTOR_PATH)).cookie(this.made.hold(user.id, { backupCodes }));
    });
  }

  @Post('account/two-factor/remove')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that removes the factor', hidden: true })
  remove(@Body({ schema: FactorForm }) form: Form, @Req() request: GuardedRequest): Promise<HttpReply> {
    return this.acting(form, request, 'remove', async (owner) => {
      await this.service.disable(owner, callerOf(request));
      return this.area.back(FACTOR_PATH, 'factorOff').cookie(...this.devices.cleared());
    });
  }

  @Post('account/two-factor/forget-device')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that ends the trust in a browser', hidden: true })
  forget(
    @Body({ schema: DeviceForm }) form: z.infer<typeof DeviceForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, FACTOR_PATH, form, async ({ user }) => {
      await this.devices.revoke(user.id, form.device);
      return this.area.back(FACTOR_PATH, 'deviceForgotten');
    });
  }

  /** Does what a form with a password asks. (Who has a factor and has not shown it lately is asked for it first: {@link AccountArea.forVisitor}.) */
  private acting(
    form: Form,
    request: GuardedRequest,
    part: string,
    act: (owner: Owner, visitor: AccountVisitor) => Promise<HttpReply>,
  ): Promise<HttpReply> {
    const { headers } = request;
    return this.area.forForm(headers, FACTOR_PATH, form, async (visitor) => {
      const { principal } = visitor;
      try {
        const claimant = await this.claimants.signedIn(principal);
        const owner = { claimant, principal, password: form.password || undefined, caller: callerOf(request) };
        return await act(owner, visitor);
      } catch (error) {
        if (!(error instanceof AuthError) || error.code !== 'INVALID_PASSWORD') throw error;
        return this.pages.of(visitor, headers, { refused: { part, error } });
      }
    });
  }
}
