import { Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { Database } from '../common/database/database.js';
import { HostPorts } from '../common/host/port.js';
import { AuthRoutes } from '../common/http/auth-routes.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { CAPABILITIES, SUBJECT_HOLDINGS } from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import type { SubjectHoldings } from '../common/subjects/subject.lifecycle.js';
import { Sweeper, sweepWhere } from '../common/sweeper/sweeper.js';
import { ClientAuthenticator } from './clients/client-authenticator.js';
import { ClientConfigurations } from './clients/client-configurations.js';
import { ClientDirectory } from './clients/client-directory.js';
import { ClientHoldings } from './clients/client-holdings.js';
import { ClientRegistrations } from './clients/client-registrations.js';
import { ClientSecrets } from './clients/client-secrets.js';
import { ClientSeeds } from './clients/client-seeds.js';
import { ClientStore } from './clients/client.store.js';
import { ClientValidator } from './clients/client.validator.js';
import { ClientWriter } from './clients/client.writer.js';
import { AdminInitialAccessTokensController } from './clients/http/admin-initial-access-tokens.controller.js';
import { AdminOAuthClientsController } from './clients/http/admin-oauth-clients.controller.js';
import { OwnClientsController } from './clients/http/own-clients.controller.js';
import { RegistrationController } from './clients/http/registration.controller.js';
import { InitialAccessTokenStore } from './clients/initial-access-token.store.js';
import { InitialAccessTokens } from './clients/initial-access-tokens.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { OwnClientsService } from './clients/own-clients.service.js';
import { Registrants } from './clients/registrants.js';
import { SectorIdentifiers } from './clients/sector-identifiers.js';
import { ConfigurableModuleClass, OAUTH_PROVIDER_OPTIONS } from './oauth-provider.module-definition.js';
import {
  OAUTH_PROVIDER_SETTINGS,
  resolveOAuthProviderOptions,
  type OAuthProviderSettings,
} from './oauth-provider.settings.js';
import { OAuthServer } from './oauth-server.js';
import { ClientTokens } from './token/client-tokens.js';
import { IdTokens } from './token/id-tokens.js';
import { SubjectIdentifiers } from './token/subject-identifiers.js';
import { TokenHolders } from './token/token-holders.js';
import { TokenController } from './token/token.controller.js';
import { UserClaims } from './userinfo/user-claims.js';

/** Routes that speak the OAuth error shape, under both names; `/oauth2/link` and `/oauth2/callback` are of another capability. */
const OAUTH_ROUTES = [
  'authorize',
  'token',
  'introspect',
  'revoke',
  'userinfo',
  'register',
  'end-session',
  'endsession',
  'consent',
  'continue',
];

const providers: Provider[] = [
  {
    provide: OAUTH_PROVIDER_SETTINGS,
    useFactory: resolveOAuthProviderOptions,
    inject: [OAUTH_PROVIDER_OPTIONS, CORE_SETTINGS],
  },
  { provide: ClientStore, useFactory: (database: Database) => new ClientStore(database), inject: [Database] },
  {
    provide: InitialAccessTokenStore,
    useFactory: (database: Database) => new InitialAccessTokenStore(database),
    inject: [Database],
  },
  ClientDirectory,
  ClientAuthenticator,
  SectorIdentifiers,
  ClientValidator,
  ClientSecrets,
  ClientWriter,
  ClientSeeds,
  OAuthClientsService,
  InitialAccessTokens,
  Registrants,
  ClientRegistrations,
  ClientConfigurations,
  OwnClientsService,
  SubjectIdentifiers,
  UserClaims,
  IdTokens,
  TokenHolders,
  ClientTokens,
  OAuthServer,
];

/** The authorization server and OpenID provider. Needs accounts, whose users sign in, and jwt, which publishes the keys. */
@Module({
  controllers: [
    TokenController,
    RegistrationController,
    OwnClientsController,
    AdminOAuthClientsController,
    AdminInitialAccessTokensController,
  ],
  providers,
  exports: [OAuthClientsService, InitialAccessTokens],
})
export class OAuthProviderModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    @Inject(CAPABILITIES) private readonly capabilities: Registry<object>,
    @Inject(SUBJECT_HOLDINGS) holdings: Registry<SubjectHoldings>,
    @Inject(OAUTH_PROVIDER_SETTINGS) settings: OAuthProviderSettings,
    private readonly ports: HostPorts,
    routes: AuthRoutes,
    keys: SigningKeys,
    server: OAuthServer,
    clients: OAuthClientsService,
    sweeper: Sweeper,
  ) {
    super();
    capabilities.add('oauthProvider', this);
    ports.authorizationServer.fill(server, 'oauthProvider');
    holdings.add('oauthClients', new ClientHoldings(clients));
    sweeper.add(sweepWhere('auth_initial_access_token', 'id', `expires_at < now() - interval '1 day'`));
    for (const name of OAUTH_ROUTES) for (const folder of ['oauth2', 'oauth']) routes.speakOAuth(`/${folder}/${name}`);
    const longest = Math.max(settings.idTokenTtlSeconds, settings.accessTtlSeconds);
    keys.want(settings.accessTokenAlgorithm, longest);
    for (const algorithm of settings.idTokenAlgorithms) keys.want(algorithm, longest, { exact: true });
  }

  onModuleInit(): void {
    if (!this.ports.sessions.filled)
      throw new Error(
        'oauthProvider needs sessions to authorize with. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    if (!this.capabilities.has('jwt'))
      throw new Error(
        'oauthProvider signs ID tokens with keys that jwt publishes. Add jwt to AuthModule.forRoot, or import JwtModule.forRoot().',
      );
  }
}
