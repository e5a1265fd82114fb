import { Inject, Injectable, Logger } from '@nestjs/common';
import { AnswerReader } from '../../common/outbound/answer-reader.js';
import { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';
import { ProviderClient } from './provider.client.js';

/** The configured providers by name. */
@Injectable()
export class ProviderDirectory {
  private readonly clients: ReadonlyMap<string, ProviderClient>;

  constructor(@Inject(ACCOUNT_LINKING_SETTINGS) settings: AccountLinkingSettings, outbound: GuardedFetch) {
    const answers = new AnswerReader(new Logger('AccountLinking'), settings.normaliseTokenAnswer);
    const options = { outbound, answers, timeoutSeconds: settings.requestTimeoutSeconds };
    this.clients = new Map(
      settings.providers.map((provider) => [
        provider.providerId,
        new ProviderClient(provider, { ...options, providerId: provider.providerId }),
      ]),
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
