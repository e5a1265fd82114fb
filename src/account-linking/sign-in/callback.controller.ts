import { Body, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { redirectTo, type HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AcceptsForm, CrossSite, GetAlone } from '../../common/http/origins/request.guard.js';
import { CallbackQuery } from '../account-linking.schemas.js';
import type { CallbackRoute } from '../states/link-state.store.js';
import { CallbackService } from './callback.service.js';

const TAG = 'Account linking';
const DESCRIPTION = 'Redirects to `callbackURL`, or to `errorCallbackURL` with `error`.';

type Parameters = z.infer<typeof CallbackQuery>;

/** Where providers send browsers back to. Either address can be registered; a redirect comes back to the one that matches the route it began on. */
@AuthController()
export class CallbackController {
  constructor(
    private readonly callbacks: CallbackService,
    private readonly routes: AuthRoutes,
  ) {}

  @Get('callback/:id')
  @GetAlone()
  @HttpCode(302)
  @DescribeRoute({
    tag: TAG,
    id: 'providerCallback',
    headers: ['Set-Cookie'],
    credentials: ['session', 'none'],
    answers: { 431: { text: 'The address is longer than Node takes; the answer is empty' } },
    parameters: { id: 'The name of the provider, e.g. `google`.' },
    summary: 'Back from a provider',
    description: DESCRIPTION,
    status: 302,
  })
  callback(
    @Param('id') id: string,
    @Query({ schema: CallbackQuery }) query: Parameters,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.arrive(id, 'callback', query, request);
  }

  /** A form posted by another site brings no cookie (SameSite=Lax); the GET that this redirects to does. */
  @Post('callback/:id')
  @HttpCode(303)
  @CrossSite()
  @AcceptsForm()
  @DescribeRoute({
    tag: TAG,
    id: 'providerCallbackByForm',
    form: true,
    parameters: { id: 'The name of the provider, e.g. `google`.' },
    example: { code: 'the code of the provider', state: 'the state of the request' },
    summary: 'Back from a provider, by form_post',
    status: 303,
  })
  formCallback(@Param('id') id: string, @Body({ schema: CallbackQuery }) body: Parameters): HttpReply {
    return this.asGet(id, 'callback', body);
  }

  @Get('oauth2/callback/:providerId')
  @GetAlone()
  @HttpCode(302)
  @DescribeRoute({
    tag: TAG,
    aliasOf: 'providerCallback',
    summary: 'Back from a provider (older name)',
    description: DESCRIPTION,
    status: 302,
  })
  oauth2Callback(
    @Param('providerId') id: string,
    @Query({ schema: CallbackQuery }) query: Parameters,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.arrive(id, 'oauth2/callback', query, request);
  }

  @Post('oauth2/callback/:providerId')
  @HttpCode(303)
  @CrossSite()
  @AcceptsForm()
  @DescribeRoute({
    tag: TAG,
    aliasOf: 'providerCallbackByForm',
    summary: 'Back from a provider, by form_post (older name)',
    status: 303,
  })
  oauth2FormCallback(@Param('providerId') id: string, @Body({ schema: CallbackQuery }) body: Parameters): HttpReply {
    return this.asGet(id, 'oauth2/callback', body);
  }

  private async arrive(
    id: string,
    route: CallbackRoute,
    query: Parameters,
    request: GuardedRequest,
  ): Promise<HttpReply> {
    const { url, carrier } = await this.callbacks.arrive(id, route, query, callerOf(request));
    const reply = redirectTo(url);
    return carrier ? reply.cookie(...carrier.cookies) : reply;
  }

  private asGet(id: string, route: CallbackRoute, body: Parameters): HttpReply {
    const url = new URL(this.routes.urlOf(`/${route}/${encodeURIComponent(id)}`));
    for (const [name, value] of Object.entries(body)) if (value !== undefined) url.searchParams.set(name, value);
    return redirectTo(url.href);
  }
}
