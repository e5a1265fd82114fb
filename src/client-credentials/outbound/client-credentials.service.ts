import { Inject, Injectable } from '@nestjs/common';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { OUTBOUND_SETTINGS } from '../client-credentials.options.js';
import { Callers } from './callers.js';
import { credentialKey } from './credential-key.js';
import type { ClientCredential } from './held-token.js';
import { applicationNotFound, onBehalfOfMismatch, providerInvalid, providerNotConfigured } from './outbound-errors.js';
import { OutboundTokens } from './outbound-tokens.js';
import type { OnBehalfOf } from './on-behalf-of.settings.js';
import { kindOf, type OutboundApplication, type OutboundSettings } from './outbound.settings.js';
import type { UsableProvider } from './provider.settings.js';
import type { Target } from './target.js';
import { requireActable } from './user-grant.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'client-credentials.refreshed': { applicationName: string; accessTokenExpiresAt: Date; subjectId?: string };
    'client-credentials.failed': { applicationName: string; failure: string; subjectId?: string };
  }
}

/** For whom a token is fetched. */
export interface GetTokenOptions {
  /**
   * `caller`: the user whose request this code runs in, as a guard has let them in. Needed for applications with `onBehalfOf` in the options, and
   * refused for others. Default: the application itself.
   */
  readonly onBehalfOf?: 'caller';
}

/**
 * Tokens for downstream APIs, fetched from other servers: with client credentials, or on behalf of the caller of a request. For host code only:
 * there is no route.
 *
 * @example
 * const { accessToken } = await app.get(ClientCredentialsService).getToken('graph-api');
 *
 * @example
 * class Orders {
 *   constructor(private readonly credentials: ClientCredentialsService) {}
 *   async list() {
 *     const { accessToken } = await this.credentials.getToken('orders', { onBehalfOf: 'caller' });
 *     return (await fetch('https://orders.example.com', { headers: { authorization: `Bearer ${accessToken}` } })).json();
 *   }
 * }
 */
@Injectable()
export class ClientCredentialsService {
  /** Of applications that act for themselves. */
  private readonly targets = new Map<string, Target>();

  constructor(
    @Inject(OUTBOUND_SETTINGS) private readonly settings: OutboundSettings,
    private readonly tokens: OutboundTokens,
    private readonly box: SecretBox,
    private readonly callers: Callers,
  ) {}

  /**
   * A token with more than 60 seconds left by the database's clock, from memory, the database or the provider. For all concurrent callers in all
   * processes the provider is asked once, also when it fails.
   * @throws AuthError 404 `MICROSOFT_APPLICATION_NOT_FOUND`, 500 `MICROSOFT_PROVIDER_NOT_CONFIGURED`,
   *   500 `MICROSOFT_PROVIDER_INVALID_CONFIG`, 502 `MICROSOFT_TOKEN_REQUEST_FAILED` (without the prefix for other providers
   *   than Microsoft); 503 when the database cannot answer and memory holds no token. On behalf of a user also 401 without one, or when their
   *   credential has ended, 401 `MICROSOFT_INTERACTION_REQUIRED`, 403 `MICROSOFT_ON_BEHALF_OF_REFUSED`, 403 `ON_BEHALF_OF_CREDENTIAL`; 500
   *   `MICROSOFT_ON_BEHALF_OF_MISMATCH` when the application acts for users and the call does not, or the other way round
   */
  async getToken(applicationName: string, options: GetTokenOptions = {}): Promise<ClientCredential> {
    const { credential } = await this.tokens.get(await this.targetOf(applicationName, options));
    return {
      ...credential,
      // Copies, so that a caller that changes its dates does not change those of others.
      accessTokenExpiresAt: new Date(credential.accessTokenExpiresAt),
      createdAt: new Date(credential.createdAt),
      updatedAt: new Date(credential.updatedAt),
    };
  }

  private async targetOf(applicationName: string, { onBehalfOf }: GetTokenOptions): Promise<Target> {
    const { application, provider } = this.registered(applicationName);
    const actsForUsers = application.onBehalfOf !== null;
    if (actsForUsers !== (onBehalfOf === 'caller'))
      throw onBehalfOfMismatch(provider.kind, applicationName, actsForUsers);
    return application.onBehalfOf
      ? this.forCaller(application, application.onBehalfOf, provider)
      : this.forItself(application, provider);
  }

  private async forCaller(
    application: OutboundApplication,
    onBehalfOf: OnBehalfOf,
    provider: UsableProvider,
  ): Promise<Target> {
    const user = await this.callers.current();
    requireActable(user, onBehalfOf);
    return { application, provider, user, key: credentialKey(this.box, application, provider, user) };
  }

  private forItself(application: OutboundApplication, provider: UsableProvider): Target {
    const known = this.targets.get(application.name);
    if (known) return known;
    const target = { application, provider, user: null, key: credentialKey(this.box, application, provider, null) };
    this.targets.set(application.name, target);
    return target;
  }

  private registered(applicationName: string): Pick<Target, 'application' | 'provider'> {
    const { applications, providers, defaultKind } = this.settings;
    const application = applications.get(applicationName);
    if (!application) throw applicationNotFound(defaultKind);
    const { providerName } = application;
    const provider = providers.get(providerName);
    if (!provider) throw providerNotConfigured(kindOf(providers, providerName), providerName);
    if (provider.problem !== null) throw providerInvalid(provider.kind, providerName, provider.problem);
    return { application, provider };
  }
}
