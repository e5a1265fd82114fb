import { Inject, Injectable } from '@nestjs/common';
import { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';
import { ProviderClient } from './provider.client.js';

/** The configured providers by name. */
@Injectable()
export class ProviderDirectory {
  private readonly clients: ReadonlyMap<string, ProviderClient>;

  constructor(@Inject(ACCOUNT_LINKING_SETTINGS) settings: AccountLinkingSettings, outbound: GuardedFetch) {
    const options = { outbound, timeoutSeconds: settings.requestTimeoutSeconds };
    this.clients = new Map(
      settings.providers.map((provider) => [provider.providerId, new ProviderClient(provider, options)]),
    );
  }

  /** In the order of the options. */
  get all(): readonly ProviderClient[] {
    return [...this.clients.values()];
  }

  find(providerId: string): ProviderClient | undefined {
    return this.clients.get(providerId);
  }
}
