import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { HostPorts } from '../../common/ports/port.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { AuthorizationParameters } from '../codes/authorization-parameters.js';
import { HANDLE_PARAMETER, signQuery } from './signed-query.js';

/** A waiting request, as pages get it. */
export interface PageRequest {
  readonly handle: string;
  readonly clientId: string;
  readonly parameters: AuthorizationParameters;
  /** Languages that the page is asked to be in (`ui_locales`); the user's choice on it then holds for the pages that follow. */
  readonly locales?: string | undefined;
}

export type InteractionPage = 'sign_in' | 'sign_up' | 'select_account' | 'consent';

/** Addresses of the pages that ask users: the host's own, or the built-in ones. */
@Injectable()
export class InteractionUrls {
  constructor(
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** The address that resumes a request. @param locales languages to go on in, if a page is shown */
  resume(handle: string, locales?: string): string {
    return `${this.routes.publicPathOf('/oauth2/continue')}?${queryOf(handle, locales)}`;
  }

  /** The handle in an address made by `resume`; null for any other address. */
  handleOf(address: string): string | null {
    const mark = address.indexOf('?');
    if (mark < 0 || address.slice(0, mark) !== this.resume('').split('?', 1)[0]) return null;
    return new URLSearchParams(address.slice(mark)).get('request');
  }

  of(page: InteractionPage, request: PageRequest): string {
    const own = this.ownPage(page);
    if (own !== null) return `${own}${own.includes('?') ? '&' : '?'}${this.signedQuery(request)}`;
    const { handle, parameters, locales } = request;
    if (page === 'sign_in' || page === 'sign_up')
      return this.ports.signInFlow.get().signInUrl(this.resume(handle), {
        ...(parameters.loginHint !== null && { loginHint: parameters.loginHint }),
        ...(locales !== undefined && { uiLocales: locales }),
        ...(parameters.acr && { acr: parameters.acr }),
        signUp: page === 'sign_up',
      });
    const name = page === 'consent' ? 'consent' : 'select-account';
    return `${this.routes.publicPathOf(`/oauth2/${name}`)}?${queryOf(handle, locales)}`;
  }

  private ownPage(page: InteractionPage): string | null {
    const { login, consent, selectAccount, signUp } = this.settings.pages;
    return { sign_in: login, sign_up: signUp ?? login, select_account: selectAccount, consent }[page];
  }

  /** The validated parameters, never those that were sent. */
  private signedQuery({ handle, clientId, parameters }: PageRequest): string {
    const now = this.clock.now().getTime();
    const shown: Record<string, string | null> = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: parameters.redirectUri,
      scope: parameters.scopes.join(' '),
      state: parameters.state,
      nonce: parameters.nonce,
      code_challenge: parameters.codeChallenge,
      code_challenge_method: parameters.codeChallenge && 'S256',
      prompt: parameters.prompts.join(' ') || null,
      max_age: parameters.maxAgeSeconds === null ? null : String(parameters.maxAgeSeconds),
      acr_values: parameters.acr?.join(' ') ?? null,
      login_hint: parameters.loginHint,
      ui_locales: parameters.uiLocales ?? null,
      consent_code: handle,
      [HANDLE_PARAMETER]: handle,
    };
    const given = Object.fromEntries(
      Object.entries(shown).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    );
    return signQuery(
      given as Record<string, string>,
      { expiresAtSeconds: Math.floor(now / 1000) + this.settings.requestTtlSeconds, issuedAtMilliseconds: now },
      this.box,
    );
  }
}

function queryOf(handle: string, locales: string | undefined): URLSearchParams {
  return new URLSearchParams({ request: handle, ...(locales !== undefined && { ui_locales: locales }) });
}
