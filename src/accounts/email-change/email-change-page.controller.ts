import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { seeOther, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { Outbox } from '../../common/mail/outbox.js';
import { HostPorts } from '../../common/ports/port.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { emailChangePage, undonePage, undoPage } from './email-change.pages.js';
import { EmailChangePageQuery, UndoForm, UndoQuery } from './email-change.schemas.js';
import { EmailUndo } from './email-undo.js';

const TAG = 'Pages';
const UNDO = '/undo-email-change';

/** Where the links of a change of address lead. */
@AuthController()
export class EmailChangePageController {
  constructor(
    private readonly undos: EmailUndo,
    private readonly flow: AccountSignInFlow,
    private readonly routes: AuthRoutes,
    private readonly ports: HostPorts,
    private readonly outbox: Outbox,
  ) {}

  @Get('email-change')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'What a link of a change of address has done', hidden: true })
  show(@Query({ schema: EmailChangePageQuery }) { done, error }: z.infer<typeof EmailChangePageQuery>): HttpReply {
    return emailChangePage(done, error, this.routes.publicPathOf('/account'));
  }

  @Get('undo-email-change')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Asks before a change of address is taken back', hidden: true })
  async ask(@Query({ schema: UndoQuery }) { token, done }: z.infer<typeof UndoQuery>): Promise<HttpReply> {
    if (done !== undefined)
      return undonePage(this.recoverUrl(), this.flow.signInUrl(this.routes.publicPathOf('/account')));
    const email = token === undefined ? null : await this.undos.addressOf(token);
    if (token === undefined || email === null) throw badLink();
    return undoPage(this.routes.publicPathOf(UNDO, 'POST'), token, email);
  }

  @Post('undo-email-change')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Takes a change of address back', hidden: true })
  async undo(
    @Body({ schema: UndoForm }) { token }: z.infer<typeof UndoForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    await this.undos.undo(token, callerOf(request)).catch((error: unknown) => {
      throw error instanceof AuthError && error.code === 'INVALID_TOKEN' ? badLink() : error;
    });
    return seeOther(`${this.routes.publicPathOf(UNDO)}?done=undone`);
  }

  private recoverUrl(): string | null {
    const isOn = this.outbox.isOn && this.ports.users.get().preparePassword !== undefined;
    return isOn ? this.routes.publicPathOf('/recover') : null;
  }
}

function badLink(): AuthError {
  return AuthError.badRequest('UNDO_LINK_INVALID', 'This link is no longer good.');
}
