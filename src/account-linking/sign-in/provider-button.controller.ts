import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { onwardPage } from '../../common/http/pages/onward.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { providerNotFound } from '../account-linking.errors.js';
import { ProviderButtonForm } from '../account-linking.schemas.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { ProviderRedirectsService, type ProviderRedirectWish } from './provider-redirects.service.js';

const PLAIN_TRIP: Omit<ProviderRedirectWish, 'callbackUrl'> = {
  route: 'callback',
  linker: null,
  newUserCallbackUrl: null,
  errorCallbackUrl: null,
  scopes: [],
  parameters: {},
  requestsSignUp: false,
};

/** What the buttons of the sign-in page send: begins a trip without script. */
@AuthController()
export class ProviderButtonController {
  constructor(
    private readonly trips: ProviderRedirectsService,
    private readonly providers: ProviderDirectory,
    private readonly origins: TrustedOrigins,
  ) {}

  /**
   * Answers a page that goes on by itself, not a redirect: Chromium holds the form policy of the sign-in page against every hop of a chain of
   * redirects, and nobody knows beforehand over which hosts a provider leads.
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
    const { url, cookie } = await this.trips.begin(client, { ...PLAIN_TRIP, callbackUrl }, callerOf(request));
    const { displayName } = client.settings;
    return onwardPage(url, { title: `To ${displayName}`, text: `Continue at ${displayName}` }).cookie(cookie);
  }
}
