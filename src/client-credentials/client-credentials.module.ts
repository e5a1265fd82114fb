import { Logger, Module, type BeforeApplicationShutdown, type Provider } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../common/database/database.js';
import { AuthEvents } from '../common/events/auth-events.js';
import { Extensions } from '../common/extensions.js';
import { CORE_SETTINGS, type CoreSettings } from '../common/options/core-options.js';
import { AnswerReader } from '../common/outbound/answer-reader.js';
import { GuardedFetch } from '../common/outbound/guarded-fetch.js';
import { SecretBox } from '../common/secrets/secret-box.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { CLIENT_CREDENTIALS_OPTIONS, ConfigurableModuleClass } from './client-credentials.module-definition.js';
import { OUTBOUND_SETTINGS, resolveClientCredentialsOptions } from './client-credentials.options.js';
import { ClientCredentialsGrant } from './grant/client-credentials.grant.js';
import { ClientCredentialStore } from './outbound/client-credential.store.js';
import { ClientCredentialsService } from './outbound/client-credentials.service.js';
import { OutboundFetch } from './outbound/outbound-fetch.js';
import { OutboundTokens } from './outbound/outbound-tokens.js';
import type { OutboundSettings } from './outbound/outbound.settings.js';
import { TokenRequester } from './outbound/token.requester.js';

const providers: Provider[] = [
  { provide: OUTBOUND_SETTINGS, useFactory: resolveClientCredentialsOptions, inject: [CLIENT_CREDENTIALS_OPTIONS] },
  {
    provide: OutboundTokens,
    useFactory: (
      database: Database,
      guarded: GuardedFetch,
      clock: Clock,
      box: SecretBox,
      events: AuthEvents,
      core: CoreSettings,
      { timeoutMilliseconds, normaliseTokenAnswer }: OutboundSettings,
    ) =>
      new OutboundTokens(
        new ClientCredentialStore(database),
        new TokenRequester(
          guarded,
          clock,
          timeoutMilliseconds,
          new AnswerReader(new Logger('AuthOutbound'), normaliseTokenAnswer),
        ),
        box,
        events,
        { memoryMilliseconds: core.cacheTtlSeconds * 1000, timeoutMilliseconds },
      ),
    inject: [Database, GuardedFetch, Clock, SecretBox, AuthEvents, CORE_SETTINGS, OUTBOUND_SETTINGS],
  },
  ClientCredentialsService,
  OutboundFetch,
  ClientCredentialsGrant,
];

/**
 * Client credentials (RFC 6749 4.4), both ways: the grant by which our clients get tokens, and tokens that this server fetches from others.
 *
 * @example
 * const outbound = { applications: { 'graph-api': { scope: ['https://graph.microsoft.com/.default'] } } };
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), ClientCredentialsModule.forRoot({ outbound })];
 */
@Module({ providers, exports: [ClientCredentialsService, OutboundFetch] })
export class ClientCredentialsModule extends ConfigurableModuleClass implements BeforeApplicationShutdown {
  constructor(
    extensions: Extensions,
    grant: ClientCredentialsGrant,
    private readonly tokens: OutboundTokens,
  ) {
    super();
    extensions.add({
      name: 'clientCredentials',
      grants: [grant],
      sweeps: [
        // Rows of configurations that are no longer used. A row in use is written at every refresh.
        sweepWhere(
          'auth_client_credential',
          'id',
          `greatest(updated_at, expires_at, lease_expires_at) < now() - interval '30 days'`,
        ),
      ],
    });
  }

  /** Before the data source closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.tokens.stop();
  }
}
