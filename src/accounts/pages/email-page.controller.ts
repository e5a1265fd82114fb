import { Body, Get, Headers, HttpCode, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AccountArea, type AccountVisitor } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { EmailChanges } from '../email-change/email-changes.js';
import { VerificationOrders } from '../mails/verification-orders.js';
import { EMAIL_FAULTS, emailPart, type EmailModel } from './email.page.js';
import { ChangeEmailForm, EmailPageQuery, ShownForm } from './page.schemas.js';
import { PROFILE_PATH } from './profile-pages.js';

const PATH = '/account/email';
const TAG = 'Pages';
type State = Pick<EmailModel, 'entered' | 'failure' | 'isSent'>;

/** The user's own address: another one, what is under way, and a link that verifies the present one. */
@AuthController()
export class EmailPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly changes: EmailChanges,
    private readonly verifications: VerificationOrders,
  ) {}

  @Get('account/email')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The address, and a change of it', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: EmailPageQuery }) { done, state }: z.infer<typeof EmailPageQuery>,
  ): Promise<HttpReply> {
    this.requireOn();
    const shown = { entered: '', failure: null, isSent: state === 'sent' };
    return this.area.forVisitor(headers, PATH, (visitor) => this.page(visitor, shown, done));
  }

  @Post('account/email')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of another address', hidden: true })
  change(
    @Body({ schema: ChangeEmailForm }) form: z.infer<typeof ChangeEmailForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    this.requireOn();
    return this.area.forForm(headers, PATH, form, async (visitor) => {
      try {
        await this.changes.request(visitor.principal, form.newEmail, null);
      } catch (error) {
        if (!(error instanceof AuthError) || !(error.code in EMAIL_FAULTS)) throw error;
        return this.page(visitor, { entered: form.newEmail, failure: error, isSent: false });
      }
      return seeOther(this.area.urlOf(PATH, { state: 'sent' }));
    });
  }

  @Post('account/email/cancel')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Voids the links of a change of address', hidden: true })
  cancel(
    @Body({ schema: ShownForm }) form: z.infer<typeof ShownForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, PATH, form, async (visitor) => {
      await this.changes.cancel(visitor.user.id);
      return this.area.back(PATH, 'emailCancelled');
    });
  }

  @Post('account/verify-email')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Sends a link that verifies the present address', hidden: true })
  verify(
    @Body({ schema: ShownForm }) form: z.infer<typeof ShownForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, PROFILE_PATH, form, async ({ user }) => {
      await this.verifications.order(user.email, null, null);
      return this.area.back(PROFILE_PATH, 'verificationSent');
    });
  }

  private async page(visitor: AccountVisitor, state: State, done?: string): Promise<HttpReply> {
    const { failure } = state;
    const model: EmailModel = {
      ...state,
      user: visitor.user,
      formTo: (path, content) => this.area.form(path, visitor, content),
      backUrl: this.area.urlOf(PROFILE_PATH),
      isDelayed: this.changes.areDelayed,
      pending: await this.changes.pending(visitor.user.id),
    };
    const content = { title: text('changeEmail.title'), status: failure?.status ?? 200, hasFault: failure !== null };
    const self = this.area.urlOf(PATH);
    return this.area.page(PATH, visitor, { ...content, self, body: emailPart(model) }, done);
  }

  /** @throws AuthError 404 where addresses are not changed here */
  private requireOn(): void {
    if (!this.changes.isOn) throw AuthError.notFound();
  }
}
