import { Body, HttpCode, Post, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthError } from '../../common/errors/auth-error.js';
import { CurrentPrincipal } from '../../common/guards/decorators.js';
import { SessionAuth } from '../../common/guards/session-auth.js';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { requireCallbackUrl, type CallbackFault } from '../../common/http/origins/callback-url.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import { sentOn } from '../../common/http/pages/onward.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AcceptsPageForm } from '../../common/http/origins/request.guard.js';
import { isDue } from '../../common/ports/second-factor.js';
import type { StartedSession } from '../../common/ports/sessions.js';
import { SignInContinuations, type WaitingRequest } from '../../common/ports/sign-in-continuations.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { providerNotFound } from '../account-linking.errors.js';
import {
  LinkSocialBody,
  OAuth2LinkBody,
  OAuth2SignInBody,
  SocialSignInBody,
  ProviderRedirectAnswer,
} from '../account-linking.schemas.js';
import type { ProviderClient } from '../providers/provider.client.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import type { CallbackRoute } from '../states/link-state.store.js';
import { IdTokenSignInService, type PresentedIdToken } from './id-token-sign-in.service.js';
import type { LinkingSession } from './identity.linker.js';
import { ProviderRedirectsService } from './provider-redirects.service.js';

const TAG = 'Account linking';
const ERRORS = { 403: 'INVALID_CALLBACK_URL', 429: 'TOO_MANY_REQUESTS', 502: 'PROVIDER_UNAVAILABLE' };
const SIGN_IN_ERRORS = { ...ERRORS, 401: 'INVALID_TOKEN, OAUTH_LINK_ERROR', 404: 'PROVIDER_NOT_FOUND' };
const LINK_ERRORS = {
  ...ERRORS,
  401: 'UNAUTHORIZED',
  403: 'INVALID_CALLBACK_URL, ACCOUNT_LIMIT_REACHED',
  404: 'PROVIDER_NOT_FOUND',
  409: 'SOCIAL_ACCOUNT_ALREADY_LINKED',
};

/** What all four bodies may hold. */
type Wish = Partial<z.infer<typeof OAuth2SignInBody>>;

/** Begins sign-in and linking at a provider, in both generations of better-auth's wire. */
@AuthController()
export class ProviderRedirectController {
  constructor(
    private readonly redirects: ProviderRedirectsService,
    private readonly idTokens: IdTokenSignInService,
    private readonly providers: ProviderDirectory,
    private readonly continuations: SignInContinuations,
    private readonly origins: TrustedOrigins,
  ) {}

  @Post('sign-in/social')
  @HttpCode(200)
  @AcceptsPageForm()
  @DescribeRoute({
    tag: TAG,
    id: 'signInWithProvider',
    headers: ['Set-Cookie', 'set-auth-token'],
    example: { provider: 'google', callbackURL: '/' },
    summary: 'Sign in through a provider',
    description:
      'Answers the address at the provider; the browser goes there and comes back to `callbackURL`. With `idToken` nobody is redirected: the answer is the session.',
    response: ProviderRedirectAnswer,
    errors: SIGN_IN_ERRORS,
  })
  async signInSocial(
    @Body({ schema: SocialSignInBody }) body: z.infer<typeof SocialSignInBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const client = this.require(body.provider);
    if (!body.idToken) return this.begin(client, 'callback', body, null, request);
    return this.signInWith(client, body.idToken, body, request);
  }

  @Post('sign-in/oauth2')
  @HttpCode(200)
  @AcceptsPageForm()
  @DescribeRoute({
    tag: TAG,
    id: 'signInWithOAuth2',
    headers: ['Set-Cookie'],
    example: { providerId: 'google', callbackURL: '/' },
    deprecated: true,
    summary: 'Sign in through a provider (older name)',
    description: 'The same as `/sign-in/social`, with the provider in `providerId` and without `idToken`.',
    response: ProviderRedirectAnswer,
    errors: { ...ERRORS, 400: 'PROVIDER_CONFIG_NOT_FOUND' },
  })
  async signInOAuth2(
    @Body({ schema: OAuth2SignInBody }) body: z.infer<typeof OAuth2SignInBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const client = this.providers.find(body.providerId);
    if (!client) throw AuthError.badRequest('PROVIDER_CONFIG_NOT_FOUND', 'No config found for this provider');
    return this.begin(client, 'oauth2/callback', body, null, request);
  }

  @Post('link-social')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'linkProvider',
    headers: ['Set-Cookie'],
    example: { provider: 'google', callbackURL: '/' },
    summary: 'Link an account at a provider',
    description:
      'As the sign-in through a provider, for the user who is signed in. With `idToken` the account is linked at once.',
    response: ProviderRedirectAnswer,
    errors: LINK_ERRORS,
  })
  async linkSocial(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: LinkSocialBody }) body: z.infer<typeof LinkSocialBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    const client = this.require(body.provider);
    if (!body.idToken) return this.begin(client, 'callback', body, sessionOf(principal), request);
    await this.idTokens.link(client, body.idToken, sessionOf(principal));
    return new HttpReply({ url: '', status: true, redirect: false });
  }

  @Post('oauth2/link')
  @HttpCode(200)
  @SessionAuth()
  @DescribeRoute({
    tag: TAG,
    id: 'linkOAuth2',
    headers: ['Set-Cookie'],
    example: { providerId: 'google', callbackURL: '/' },
    deprecated: true,
    summary: 'Link an account at a provider (older name)',
    description: 'The same as `/link-social`, with the provider in `providerId` and without `idToken`.',
    response: ProviderRedirectAnswer,
    errors: LINK_ERRORS,
  })
  async linkOAuth2(
    @CurrentPrincipal() principal: AuthPrincipal,
    @Body({ schema: OAuth2LinkBody }) body: z.infer<typeof OAuth2LinkBody>,
    @Req() request: GuardedRequest,
  ): Promise<HttpReply> {
    return this.begin(this.require(body.providerId), 'oauth2/callback', body, sessionOf(principal), request);
  }

  private async signInWith(
    client: ProviderClient,
    idToken: PresentedIdToken,
    body: Wish,
    request: GuardedRequest,
  ): Promise<HttpReply> {
    const waiting = await this.continuations.find(body.oauth_query);
    const wish = { requestsSignUp: body.requestSignUp ?? false, answersWithBody: waiting === null };
    const { user, outcome, carrier } = await this.idTokens.signIn(client, idToken, wish, callerOf(request));
    const reply = new HttpReply(isDue(outcome) ? outcome.body : await answerTo(outcome, user, waiting));
    reply.cookie(...carrier.cookies);
    for (const [name, value] of Object.entries(carrier.exposed)) reply.expose(name, value);
    return reply;
  }

  private async begin(
    client: ProviderClient,
    route: CallbackRoute,
    wish: Wish,
    linker: LinkingSession | null,
    request: GuardedRequest,
  ): Promise<HttpReply> {
    const waiting = linker === null ? await this.continuations.find(wish.oauth_query) : null;
    const providerRedirect = {
      route,
      linker,
      callbackUrl: waiting?.url ?? (await this.checked(wish.callbackURL, 'INVALID_CALLBACK_URL')) ?? '/',
      newUserCallbackUrl: waiting ? null : await this.checked(wish.newUserCallbackURL, 'INVALID_NEW_USER_CALLBACK_URL'),
      errorCallbackUrl: await this.checked(wish.errorCallbackURL, 'INVALID_ERROR_CALLBACK_URL'),
      scopes: wish.scopes ?? [],
      parameters: { ...wish.additionalParams, ...(wish.loginHint && { login_hint: wish.loginHint }) },
      requestsSignUp: wish.requestSignUp ?? false,
    };
    const { url, cookie } = await this.redirects.begin(client, providerRedirect, callerOf(request));
    const redirect = wish.disableRedirect !== true;
    const reply = new HttpReply({ url, redirect }).cookie(cookie);
    return redirect ? sentOn(reply.header('Location', url), url, request) : reply;
  }

  private async checked(url: string | undefined, code: CallbackFault): Promise<string | null> {
    return url ? requireCallbackUrl(url, this.origins, code) : null;
  }

  private require(providerId: string): ProviderClient {
    const client = this.providers.find(providerId);
    if (!client) throw providerNotFound();
    return client;
  }
}

function sessionOf(principal: AuthPrincipal): LinkingSession {
  return { subjectId: principal.subjectId, sessionId: principal.sessionId! };
}

async function answerTo(started: StartedSession, user: HostUser, waiting: WaitingRequest | null): Promise<object> {
  if (!waiting) return { redirect: false, token: started.token, user, ...started.additions };
  return { redirect: true, url: await waiting.resume(started.signIn) };
}
