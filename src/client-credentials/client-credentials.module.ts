import {
  Inject,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { AuthCaches } from '../common/cache/auth-caches.js';
import { Clock } from '../common/clock.js';
import { Database } from '../common/database/database.js';
import { InvalidationChannel } from '../common/database/invalidation.js';
import { AuthEvents } from '../common/events/auth-events.js';
import { Extensions } from '../common/extensions.js';
import { JwtCodec } from '../common/keys/jwt.codec.js';
import type { SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS, type CoreSettings } from '../common/options/core-options.js';
import { AnswerReader } from '../common/outbound/answer-reader.js';
import { GuardedFetch } from '../common/outbound/guarded-fetch.js';
import { SecretBox } from '../common/secrets/secret-box.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { CLIENT_CREDENTIALS_OPTIONS, ConfigurableModuleClass } from './client-credentials.module-definition.js';
import { OUTBOUND_SETTINGS, resolveClientCredentialsOptions } from './client-credentials.options.js';
import { ClientCredentialsGrant } from './grant/client-credentials.grant.js';
import { Callers } from './outbound/callers.js';
import { ClientCredentialStore, ROWS_OF_USERS, SWEEP_OF_USERS } from './outbound/client-credential.store.js';
import { ClientCredentialsService } from './outbound/client-credentials.service.js';
import { OutboundFetch } from './outbound/outbound-fetch.js';
import { OutboundMemory } from './outbound/outbound-memory.js';
import { OutboundTokens } from './outbound/outbound-tokens.js';
import type { OutboundSettings } from './outbound/outbound.settings.js';
import { TokenRequester } from './outbound/token.requester.js';
import { ASSERTION_LIFETIME_SECONDS, UserGrants } from './outbound/user-grant.js';

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
      codec: JwtCodec,
      channel: InvalidationChannel,
      caches: AuthCaches,
      core: CoreSettings,
      settings: OutboundSettings,
    ) => {
      const { timeoutMilliseconds, normaliseTokenAnswer, applications } = settings;
      const requester = new TokenRequester(
        guarded,
        clock,
        timeoutMilliseconds,
        new AnswerReader(new Logger('AuthOutbound'), normaliseTokenAnswer),
        new UserGrants(codec, core.issuer, timeoutMilliseconds),
      );
      const sizes = { applications: applications.size, users: core.cacheSize };
      const memory = new OutboundMemory(sizes, actsForUsers(settings) ? { channel, caches } : null);
      return new OutboundTokens(new ClientCredentialStore(database), requester, box, events, memory, {
        memoryMilliseconds: core.cacheTtlSeconds * 1000,
        timeoutMilliseconds,
      });
    },
    inject: [
      Database,
      GuardedFetch,
      Clock,
      SecretBox,
      AuthEvents,
      JwtCodec,
      InvalidationChannel,
      AuthCaches,
      CORE_SETTINGS,
      OUTBOUND_SETTINGS,
    ],
  },
  Callers,
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
export class ClientCredentialsModule
  extends ConfigurableModuleClass
  implements OnModuleInit, BeforeApplicationShutdown
{
  constructor(
    private readonly extensions: Extensions,
    grant: ClientCredentialsGrant,
    database: Database,
    keys: SigningKeys,
    @Inject(OUTBOUND_SETTINGS) private readonly settings: OutboundSettings,
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
          `ends_with IS NULL AND updated_at < now() - interval '30 days'
             AND greatest(expires_at, lease_expires_at, updated_at) < now() - interval '30 days'`,
          'updated_at',
        ),
        SWEEP_OF_USERS,
      ],
    });
    if (actsForUsers(settings)) database.deleteWithTags(ROWS_OF_USERS);
    for (const algorithm of signingAlgorithms(settings)) keys.want(algorithm, ASSERTION_LIFETIME_SECONDS);
  }

  /** @throws Error when nothing publishes the keys that assertions are signed with; stops the boot */
  onModuleInit(): void {
    if (signingAlgorithms(this.settings).length > 0 && !this.extensions.has('jwt'))
      throw new Error(
        "clientCredentials.outbound: subjectToken 'signed' is made with keys that jwt publishes. Add jwt to AuthModule.forRoot, or import JwtModule.forRoot().",
      );
  }

  /** Before the data source closes. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.tokens.stop();
  }
}

function actsForUsers({ applications }: OutboundSettings): boolean {
  return [...applications.values()].some(({ onBehalfOf }) => onBehalfOf !== null);
}

function signingAlgorithms({ applications }: OutboundSettings): SigningAlgorithm[] {
  const signing = [...applications.values()].filter(({ onBehalfOf }) => onBehalfOf?.subjectToken === 'signed');
  return [...new Set(signing.map(({ onBehalfOf }) => onBehalfOf!.signingAlgorithm))];
}
