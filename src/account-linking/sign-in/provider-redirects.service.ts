import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/ports/caller.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { fromProviderFault } from '../account-linking.errors.js';
import type { ProviderClient } from '../providers/provider.client.js';
import type { CallbackRoute } from '../states/link-state.store.js';
import { LinkStatesService } from '../states/link-states.service.js';
import type { LinkingSession } from './identity.linker.js';

/** A request to send a browser to a provider. Its addresses have been checked. */
export interface ProviderRedirectWish {
  readonly route: CallbackRoute;
  /** Null: to sign in. */
  readonly linker: LinkingSession | null;
  readonly callbackUrl: string;
  readonly newUserCallbackUrl: string | null;
  readonly errorCallbackUrl: string | null;
  readonly scopes: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly requestsSignUp: boolean;
}

/** Each redirect stores a row and may ask the provider for its metadata. Wide, since many users may share one address. */
const BY_ADDRESS: RateLimit = { name: 'link-start-address', max: 300, windowSeconds: 60 };
/** For signed-in users; others behind the same address do not count against them. */
const BY_SESSION: RateLimit = { name: 'link-start-session', max: 20, windowSeconds: 60 };

/** Sends browsers to providers. */
@Injectable()
export class ProviderRedirectsService {
  constructor(
    private readonly states: LinkStatesService,
    private readonly limits: RateLimits,
    private readonly routes: AuthRoutes,
  ) {}

  /**
   * @returns the provider's address and the cookie that binds the redirect to the browser
   * @throws AuthError 502 `PROVIDER_UNAVAILABLE`, 429
   */
  async begin(
    client: ProviderClient,
    wish: ProviderRedirectWish,
    caller: Caller,
  ): Promise<{ url: string; cookie: string }> {
    if (wish.linker) await this.limits.consume(BY_SESSION, wish.linker.sessionId);
    else await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const { providerId } = client.settings;
    const begun = await this.states.begin(
      {
        providerId,
        route: wish.route,
        purpose: wish.linker ? 'link' : 'sign-in',
        subject: wish.linker?.subjectId ?? null,
        sessionId: wish.linker?.sessionId ?? null,
        scopes: [...new Set([...client.settings.scopes, ...wish.scopes])],
        requestsSignUp: wish.requestsSignUp,
        callbackUrl: wish.callbackUrl,
        newUserCallbackUrl: wish.newUserCallbackUrl,
        errorCallbackUrl: wish.errorCallbackUrl,
      },
      caller.headers,
    );
    try {
      const redirectUri = this.redirectUri(providerId, wish.route);
      const url = await client.authorizationUrl({
        ...begun,
        redirectUri,
        scopes: wish.scopes,
        parameters: wish.parameters,
      });
      return { url, cookie: begun.cookie };
    } catch (error) {
      throw fromProviderFault(error, 'PROVIDER_UNAVAILABLE', 'The provider cannot be reached');
    }
  }

  /** The redirect URI that is registered at the provider. Made from the issuer, never from the request's host (T013). */
  redirectUri(providerId: string, route: CallbackRoute): string {
    return this.routes.urlOf(`/${route}/${providerId}`);
  }
}
