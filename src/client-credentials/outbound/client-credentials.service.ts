import { Inject, Injectable } from '@nestjs/common';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { OUTBOUND_SETTINGS } from '../client-credentials.options.js';
import { credentialKey } from './credential-key.js';
import type { ClientCredential } from './held-token.js';
import { applicationNotFound, providerInvalid, providerNotConfigured } from './outbound-errors.js';
import { OutboundTokens, type Target } from './outbound-tokens.js';
import { kindOf, type OutboundSettings } from './outbound.settings.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'client-credentials.refreshed': { applicationName: string; accessTokenExpiresAt: Date };
    'client-credentials.failed': { applicationName: string; failure: string };
  }
}

/**
 * Tokens for downstream APIs, fetched from other servers with client credentials. For host code only: there is no route.
 *
 * @example
 * const { accessToken } = await app.get(ClientCredentialsService).getToken('graph-api');
 */
@Injectable()
export class ClientCredentialsService {
  private readonly targets = new Map<string, Target>();

  constructor(
    @Inject(OUTBOUND_SETTINGS) private readonly settings: OutboundSettings,
    private readonly tokens: OutboundTokens,
    private readonly box: SecretBox,
  ) {}

  /**
   * A token with more than 60 seconds left by the database's clock, from memory, the database or the provider. For all concurrent callers in all
   * processes the provider is asked once, also when it fails.
   * @throws AuthError 404 `MICROSOFT_APPLICATION_NOT_FOUND`, 500 `MICROSOFT_PROVIDER_NOT_CONFIGURED`,
   *   500 `MICROSOFT_PROVIDER_INVALID_CONFIG`, 502 `MICROSOFT_TOKEN_REQUEST_FAILED` (without the prefix for other providers
   *   than Microsoft); 503 when the database cannot answer and memory holds no token
   */
  async getToken(applicationName: string): Promise<ClientCredential> {
    const { credential } = await this.tokens.get(this.targetOf(applicationName));
    return {
      ...credential,
      // Copies, so that a caller that changes its dates does not change those of others.
      accessTokenExpiresAt: new Date(credential.accessTokenExpiresAt),
      createdAt: new Date(credential.createdAt),
      updatedAt: new Date(credential.updatedAt),
    };
  }

  private targetOf(applicationName: string): Target {
    const known = this.targets.get(applicationName);
    if (known) return known;
    const { applications, providers, defaultKind } = this.settings;
    const application = applications.get(applicationName);
    if (!application) throw applicationNotFound(defaultKind);
    const { providerName } = application;
    const provider = providers.get(providerName);
    if (!provider) throw providerNotConfigured(kindOf(providers, providerName), providerName);
    if (provider.problem !== null) throw providerInvalid(provider.kind, providerName, provider.problem);
    const target = { application, provider, key: credentialKey(this.box, application, provider) };
    this.targets.set(applicationName, target);
    return target;
  }
}
