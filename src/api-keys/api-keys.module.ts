import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { Database } from '../common/database/database.js';
import { InvalidationChannel } from '../common/database/invalidation.js';
import { Extensions } from '../common/extensions.js';
import { CORE_SETTINGS, type CoreSettings } from '../common/options/core-options.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { TokenRevoker } from '../common/tokens/token.revoker.js';
import { API_KEYS_OPTIONS, ConfigurableModuleClass } from './api-keys.module-definition.js';
import { ApiKeysService } from './management/api-keys.service.js';
import { API_KEYS_SETTINGS, resolveApiKeysOptions, type ApiKeysSettings } from './api-keys.settings.js';
import { AdminApiKeysController } from './management/admin-api-keys.controller.js';
import { ApiKeyPageController } from './pages/api-key-page.controller.js';
import { KeyForms } from './pages/key-forms.js';
import { KeyOwners } from './pages/key-owners.js';
import { ApiKeysPageController, KEYS_PATH } from './pages/api-keys-page.controller.js';
import { ApiKeysController } from './management/api-keys.controller.js';
import { ApiKeyUsageStore } from './keys/api-key-usage.store.js';
import { ApiKeyStore } from './keys/api-key.store.js';
import { ApiKeyDelegations } from './keys/api-key.delegations.js';
import { ApiKeyHoldings } from './keys/api-key.holdings.js';
import { ApiKeySecrets } from './keys/api-key.secrets.js';
import { DelegatedKeys } from './management/delegated-keys.js';
import { DelegatedKeysController } from './management/delegated-keys.controller.js';
import { KeyRoom } from './management/key-room.js';
import { OwnApiKeysService } from './management/own-api-keys.service.js';
import { ApiKeyAuthenticator } from './verification/api-key.authenticator.js';
import { ApiKeyLimiter } from './verification/api-key.limiter.js';
import { ApiKeyLimitsStore } from './verification/api-key-limits.store.js';
import { ApiKeyPermits } from './verification/api-key.permits.js';
import { ApiKeySessionView } from './verification/api-key-session.view.js';
import { ApiKeyUsage } from './verification/api-key.usage.js';
import { ApiKeyVerificationService } from './verification/api-key-verification.service.js';
import { ApiKeyVerifier } from './verification/api-key.verifier.js';

const providers: Provider[] = [
  { provide: API_KEYS_SETTINGS, useFactory: resolveApiKeysOptions, inject: [API_KEYS_OPTIONS] },
  ApiKeySecrets,
  ApiKeyStore,
  ApiKeyUsageStore,
  {
    provide: ApiKeyUsage,
    useFactory: (database: Database, settings: ApiKeysSettings) =>
      new ApiKeyUsage(database, settings.usageIntervalSeconds),
    inject: [Database, API_KEYS_SETTINGS],
  },
  ApiKeyVerifier,
  ApiKeyLimitsStore,
  {
    provide: ApiKeyPermits,
    useFactory: (
      store: ApiKeyLimitsStore,
      database: Database,
      revoker: TokenRevoker,
      core: CoreSettings,
      channel: InvalidationChannel,
    ) => {
      const lifeMilliseconds = core.cacheTtlSeconds * 1000;
      const permits = new ApiKeyPermits(store, database, revoker, { lifeMilliseconds, maxKeys: core.cacheSize });
      // Without a life nothing is held, so there is nothing to call back.
      if (lifeMilliseconds > 0) channel.subscribe(permits);
      return permits;
    },
    inject: [ApiKeyLimitsStore, Database, TokenRevoker, CORE_SETTINGS, InvalidationChannel],
  },
  ApiKeyLimiter,
  ApiKeyVerificationService,
  ApiKeyAuthenticator,
  ApiKeySessionView,
  ApiKeyHoldings,
  ApiKeyDelegations,
  DelegatedKeys,
  KeyRoom,
  ApiKeysService,
  OwnApiKeysService,
  KeyOwners,
  KeyForms,
];

/**
 * API keys for users, organisations and services. The routes for owners need accounts, since keys are managed with a session.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), ApiKeysModule.forRoot({ prefix: 'acme_' })];
 */
@Module({
  controllers: [
    ApiKeysController,
    DelegatedKeysController,
    AdminApiKeysController,
    ApiKeysPageController,
    ApiKeyPageController,
  ],
  providers,
  exports: [ApiKeysService],
})
export class ApiKeysModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    extensions: Extensions,
    @Inject(API_KEYS_SETTINGS) settings: ApiKeysSettings,
    authenticator: ApiKeyAuthenticator,
    sessions: ApiKeySessionView,
    holdings: ApiKeyHoldings,
    private readonly usage: ApiKeyUsage,
    private readonly permits: ApiKeyPermits,
  ) {
    super();
    const kept = `interval '${settings.retentionSeconds} seconds'`;
    extensions.add({
      name: 'apiKeys',
      authenticators: [authenticator],
      sessionOf: (principal) => sessions.sessionOf(principal),
      onSubjectEnd: (tx, subjectId, end) => holdings.end(tx, subjectId, end),
      onCredentialChange: async (tx, subjectId, { change, endApiKeys }) => {
        if (endApiKeys || change === 'owner') await holdings.revoke(tx, subjectId);
      },
      sweeps: [
        sweepWhere(
          'auth_api_key',
          'id',
          `expires_at < now() - ${kept} OR revoked_at < now() - ${kept}
           OR (delegated_from IS NOT NULL AND expires_at < now() - interval '1 day')`,
        ),
        sweepWhere('auth_api_key_usage', 'ctid', `day < ((now() - ${kept}) AT TIME ZONE 'UTC')::date`, 'day'),
      ],
      pages: [{ area: 'account', path: KEYS_PATH, title: 'account.apiKeys', order: 30 }],
    });
  }

  onApplicationBootstrap(): void {
    this.usage.start();
    this.permits.start();
  }

  /** Before the server closes, while the data source is certainly open. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.usage.drain(), this.permits.drain()]);
  }

  /** After the last reply has been sent. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.usage.flush(), this.permits.settled()]);
  }
}
