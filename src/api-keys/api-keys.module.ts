import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { CredentialCache } from '../common/cache/credential-cache.js';
import { Database } from '../common/database/database.js';
import { AuthEvents } from '../common/events/auth-events.js';
import { AUTHENTICATORS } from '../common/guards/auth.guard.js';
import type { Authenticator } from '../common/guards/authenticator.js';
import type { SessionContributor } from '../common/host/contributors.js';
import { HostPorts } from '../common/host/port.js';
import { CORE_SETTINGS, type CoreSettings } from '../common/options/core-options.js';
import { CAPABILITIES, SESSION_CONTRIBUTORS, SUBJECT_HOLDINGS } from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import type { SubjectHoldings } from '../common/subjects/subject.lifecycle.js';
import { Sweeper, sweepWhere } from '../common/sweeper/sweeper.js';
import { TokenRevoker } from '../common/tokens/token.revoker.js';
import { API_KEYS_OPTIONS, ConfigurableModuleClass } from './api-keys.module-definition.js';
import { ApiKeysService } from './api-keys.service.js';
import { API_KEYS_SETTINGS, resolveApiKeysOptions, type ApiKeysSettings } from './api-keys.settings.js';
import { AdminApiKeysController } from './http/admin-api-keys.controller.js';
import { ApiKeysController } from './http/api-keys.controller.js';
import { ApiKeyStore } from './keys/api-key.store.js';
import { KeyHoldings } from './keys/key-holdings.js';
import { KeySecrets } from './keys/key-secrets.js';
import { OwnApiKeysService } from './own-api-keys.service.js';
import { ApiKeyAuthenticator } from './verification/api-key.authenticator.js';
import { KeyAdmission } from './verification/key-admission.js';
import { KeyLimitsStore } from './verification/key-limits.store.js';
import { KeySessionContributor } from './verification/key-session.contributor.js';
import { KeyUsage } from './verification/key-usage.js';
import { KeyVerification } from './verification/key-verification.js';
import { KeyVerifier } from './verification/key-verifier.js';

const providers: Provider[] = [
  { provide: API_KEYS_SETTINGS, useFactory: resolveApiKeysOptions, inject: [API_KEYS_OPTIONS] },
  {
    provide: KeySecrets,
    useFactory: (settings: ApiKeysSettings, core: CoreSettings) =>
      new KeySecrets(settings, core.secrets, core.legacyCredentials),
    inject: [API_KEYS_SETTINGS, CORE_SETTINGS],
  },
  { provide: ApiKeyStore, useFactory: (database: Database) => new ApiKeyStore(database), inject: [Database] },
  {
    provide: KeyUsage,
    useFactory: (database: Database, settings: ApiKeysSettings) =>
      new KeyUsage(database, settings.usageIntervalSeconds),
    inject: [Database, API_KEYS_SETTINGS],
  },
  {
    provide: KeyVerifier,
    useFactory: (
      store: ApiKeyStore,
      secrets: KeySecrets,
      cache: CredentialCache,
      settings: ApiKeysSettings,
      events: AuthEvents,
    ) => new KeyVerifier(store, secrets, cache, settings, events),
    inject: [ApiKeyStore, KeySecrets, CredentialCache, API_KEYS_SETTINGS, AuthEvents],
  },
  {
    provide: KeyAdmission,
    useFactory: (database: Database, usage: KeyUsage, verifier: KeyVerifier, events: AuthEvents) =>
      new KeyAdmission(new KeyLimitsStore(database), usage, verifier, events),
    inject: [Database, KeyUsage, KeyVerifier, AuthEvents],
  },
  {
    provide: KeyVerification,
    useFactory: (verifier: KeyVerifier, admission: KeyAdmission, usage: KeyUsage) =>
      new KeyVerification(verifier, admission, usage),
    inject: [KeyVerifier, KeyAdmission, KeyUsage],
  },
  {
    provide: ApiKeyAuthenticator,
    useFactory: (verifier: KeyVerifier, admission: KeyAdmission, secrets: KeySecrets, settings: ApiKeysSettings) =>
      new ApiKeyAuthenticator(verifier, admission, secrets, settings),
    inject: [KeyVerifier, KeyAdmission, KeySecrets, API_KEYS_SETTINGS],
  },
  ApiKeysService,
  OwnApiKeysService,
];

/** API keys for users, organisations and services. Their owner's routes need accounts, whose sessions they are managed with. */
@Module({ controllers: [ApiKeysController, AdminApiKeysController], providers, exports: [ApiKeysService] })
export class ApiKeysModule
  extends ConfigurableModuleClass
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    @Inject(CAPABILITIES) capabilities: Registry<object>,
    @Inject(AUTHENTICATORS) authenticators: Registry<Authenticator>,
    @Inject(SESSION_CONTRIBUTORS) contributors: Registry<SessionContributor>,
    @Inject(SUBJECT_HOLDINGS) holdings: Registry<SubjectHoldings>,
    @Inject(API_KEYS_SETTINGS) settings: ApiKeysSettings,
    authenticator: ApiKeyAuthenticator,
    ports: HostPorts,
    store: ApiKeyStore,
    revoker: TokenRevoker,
    events: AuthEvents,
    sweeper: Sweeper,
    private readonly usage: KeyUsage,
  ) {
    super();
    capabilities.add('apiKeys', this);
    authenticators.add(authenticator.scheme, authenticator);
    contributors.add('apiKeys', new KeySessionContributor(ports, settings.sessions));
    holdings.add('apiKeys', new KeyHoldings(store, revoker, events));
    const kept = `interval '${settings.retentionSeconds} seconds'`;
    sweeper.add(sweepWhere('auth_api_key', 'id', `expires_at < now() - ${kept} OR revoked_at < now() - ${kept}`));
  }

  onApplicationBootstrap(): void {
    this.usage.start();
  }

  /** Before the server closes: the data source is surely there. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.usage.drain();
  }

  /** After the last request has been answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.usage.flush();
  }
}
