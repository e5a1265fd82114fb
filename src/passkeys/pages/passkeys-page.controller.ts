import { Body, Get, Headers, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { AccountArea } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { actorOf } from '../../common/principal/impersonation.js';
import { OwnerProof } from '../keys/owner-proof.js';
import { PasskeysService } from '../management/passkeys.service.js';
import { passkeyNotFound } from '../passkeys.errors.js';
import { AddPasskeyForm, DeletePasskeyForm, PasskeysPageQuery, RenamePasskeyForm } from '../passkeys.schemas.js';
import { Registrations } from '../registration/registrations.js';
import { passkeysPage } from './passkeys.page.js';

export const PASSKEYS_PATH = '/account/passkeys';
const TAG = 'Pages';

/** The passkeys of a user: adds, names and removes them. */
@AuthController()
export class PasskeysPageController {
  constructor(
    private readonly area: AccountArea,
    private readonly passkeys: PasskeysService,
    private readonly registrations: Registrations,
    private readonly proof: OwnerProof,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('account/passkeys')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'Passkeys', hidden: true })
  show(
    @Headers() headers: HeaderBag,
    @Query({ schema: PasskeysPageQuery }) { done }: { done?: string | undefined },
  ): Promise<HttpReply> {
    return this.area.forVisitor(headers, PASSKEYS_PATH, async (visitor) => {
      // Before its form: the script has no way to another page. An administrator who acts as the user looks, and changes nothing.
      if (actorOf(visitor.principal) === null) await this.proof.requireStrength(visitor.principal);
      const model = {
        area: this.area,
        visitor,
        passkeys: await this.passkeys.list(visitor.user.id),
        canRemove: await this.passkeys.hasAnother(visitor.user.id),
        optionsUrl: this.routes.publicPathOf('/passkey/generate-register-options'),
      };
      return this.area.page(PASSKEYS_PATH, visitor, passkeysPage(model), done);
    });
  }

  @Post('account/passkeys/add')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that adds a passkey', hidden: true })
  add(
    @Body({ schema: AddPasskeyForm }) form: z.infer<typeof AddPasskeyForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const caller = callerOf(request);
    return this.area.forForm(caller.headers, PASSKEYS_PATH, form, async ({ principal }) => {
      await this.registrations.finish({ principal, caller }, form.response, form.name || null);
      return this.area.back(PASSKEYS_PATH, 'passkeyAdded');
    });
  }

  @Post('account/passkeys/rename')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that renames a passkey', hidden: true })
  rename(
    @Body({ schema: RenamePasskeyForm }) form: z.infer<typeof RenamePasskeyForm>,
    @Headers() headers: HeaderBag,
  ): Promise<HttpReply> {
    return this.area.forForm(headers, PASSKEYS_PATH, form, async ({ user }) => {
      if (form.name !== '') await this.passkeys.rename(user.id, form.passkey, form.name);
      return this.area.back(PASSKEYS_PATH, 'saved');
    });
  }

  @Post('account/passkeys/delete')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form that removes a passkey', hidden: true })
  remove(
    @Body({ schema: DeletePasskeyForm }) form: z.infer<typeof DeletePasskeyForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const caller = callerOf(request);
    return this.area.forForm(caller.headers, PASSKEYS_PATH, form, async ({ principal }) => {
      try {
        await this.passkeys.remove({ principal, caller }, form.passkey);
      } catch (error) {
        // Sent twice: the first has removed it, which is what was asked for.
        if (!(error instanceof AuthError) || error.code !== passkeyNotFound().code) throw error;
      }
      return this.area.back(PASSKEYS_PATH, 'passkeyRemoved');
    });
  }
}
