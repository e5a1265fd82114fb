import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { onwardPage } from '../../common/http/pages/onward.js';
import { text } from '../../common/texts/text.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { providerNotFound } from '../account-linking.errors.js';
import { ProviderButtonForm } from '../account-linking.schemas.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderRedirectsService, type ProviderRedirectWish } from './provider-redirects.service.js';

const PLAIN_REDIRECT: Omit<ProviderRedirectWish, 'callbackUrl'> = {
  route: 'callback',
  linker: null,
  newUserCallbackUrl: null,
  errorCallbackUrl: null,
  scopes: [],
  parameters: {},
  requestsSignUp: false,
};

/** Serves the buttons of the sign-in page: begins a provider redirect without script. */
@AuthController()
export class ProviderButtonController {
  constructor(
    private readonly redirects: ProviderRedirectsService,
    private readonly providers: ProviderDirectory,
    private readonly origins: TrustedOrigins,
  ) {}

  /**
   * Replies with a page that goes on by itself instead of a redirect: Chromium applies the `form-action` policy of the sign-in page to every hop of
   * a chain of redirects, and the hosts of a provider's chain are not known beforehand.
   */
  @Post('sign-in/provider')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: 'Account linking', summary: 'A button of the sign-in page', hidden: true })
  async begin(
    @Body({ schema: ProviderButtonForm }) form: z.infer<typeof ProviderButtonForm>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const client = this.providers.find(form.provider);
    if (!client) throw providerNotFound();
    const callbackUrl = await requireCallbackUrl(form.continue, this.origins);
    const { url, cookie } = await this.redirects.begin(client, { ...PLAIN_REDIRECT, callbackUrl }, callerOf(request));
    const { displayName } = client.settings;
    return onwardPage(url, {
      title: text('provider.going', { provider: displayName }),
      label: text('provider.goOn', { provider: displayName }),
    }).cookie(cookie);
  }
}
