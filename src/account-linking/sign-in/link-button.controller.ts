import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AccountArea } from '../../common/http/areas/account-area.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { onwardPage } from '../../common/http/pages/onward.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { text } from '../../common/texts/text.js';
import { providerNotFound } from '../account-linking.errors.js';
import { LinkButtonForm } from '../account-linking.schemas.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderRedirectsService } from './provider-redirects.service.js';

const PATH = '/account/sign-in-methods';

/** Serves the buttons that link an account: begins a provider redirect without script. */
@AuthController()
export class LinkButtonController {
  constructor(
    private readonly area: AccountArea,
    private readonly redirects: ProviderRedirectsService,
    private readonly providers: ProviderDirectory,
  ) {}

  @Post('account/sign-in-methods/link')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: 'Pages', summary: 'The form that links an account', hidden: true })
  link(
    @Body({ schema: LinkButtonForm }) form: z.infer<typeof LinkButtonForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.area.forForm(request.headers, PATH, form, async (visitor) => {
      await this.area.requireFresh(visitor);
      const client = this.providers.find(form.provider);
      if (!client) throw providerNotFound();
      const { user, principal } = visitor;
      const wish = {
        route: 'callback',
        linker: { subjectId: user.id, sessionId: principal.sessionId! },
        callbackUrl: this.area.urlOf(PATH, { done: 'linked' }),
        newUserCallbackUrl: null,
        errorCallbackUrl: null,
        scopes: [],
        parameters: {},
        requestsSignUp: false,
      } as const;
      const { url, cookie } = await this.redirects.begin(client, wish, callerOf(request));
      const { displayName } = client.settings;
      return onwardPage(url, {
        title: text('provider.going', { provider: displayName }),
        label: text('provider.goOn', { provider: displayName }),
      }).cookie(cookie);
    });
  }
}
