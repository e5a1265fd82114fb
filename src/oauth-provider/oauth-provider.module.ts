import { Inject, Module, type OnApplicationBootstrap, type OnModuleInit, type Provider } from '@nestjs/common';
import { Database } from '../common/database/database.js';
import { HostPorts } from '../common/host/port.js';
import { AuthRoutes } from '../common/http/auth-routes.js';
import { Cors } from '../common/http/cors.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import type { SessionContributor } from '../common/host/contributors.js';
import { CAPABILITIES, SESSION_CONTRIBUTORS } from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import { ClientAuthenticator } from './clients/client-authenticator.js';
import { ClientDirectory } from './clients/client-directory.js';
import { ClientOrigins } from './clients/client-origins.js';
import { ClientStore } from './clients/client.store.js';
import { DOCUMENTS, MetadataDocument } from './metadata/metadata.document.js';
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
import { ClientSessionContributor } from './userinfo/client-session.contributor.js';
import { UserClaims } from './userinfo/user-claims.js';
import { UserinfoController } from './userinfo/userinfo.controller.js';
import { Userinfo } from './userinfo/userinfo.js';

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

/** Routes that public clients call from browsers, and how. */
const BROWSER_ROUTES: Readonly<Record<string, string>> = { token: 'POST', revoke: 'POST', userinfo: 'GET, HEAD, POST' };

const providers: Provider[] = [
  {
    provide: OAUTH_PROVIDER_SETTINGS,
    useFactory: resolveOAuthProviderOptions,
    inject: [OAUTH_PROVIDER_OPTIONS, CORE_SETTINGS],
  },
  { provide: ClientStore, useFactory: (database: Database) => new ClientStore(database), inject: [Database] },
  ClientDirectory,
  ClientAuthenticator,
  SubjectIdentifiers,
  UserClaims,
  ClientSessionContributor,
  IdTokens,
  TokenHolders,
  ClientTokens,
  OAuthServer,
  ClientOrigins,
  Userinfo,
  MetadataDocument,
];

/** The authorization server and OpenID provider. Needs accounts, whose users sign in, and jwt, which publishes the keys. */
@Module({ controllers: [TokenController, UserinfoController], providers, exports: [] })
export class OAuthProviderModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(CAPABILITIES) private readonly capabilities: Registry<object>,
    @Inject(OAUTH_PROVIDER_SETTINGS) settings: OAuthProviderSettings,
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
    private readonly cors: Cors,
    private readonly origins: ClientOrigins,
    private readonly metadata: MetadataDocument,
    keys: SigningKeys,
    server: OAuthServer,
    @Inject(SESSION_CONTRIBUTORS) sessionContributors: Registry<SessionContributor>,
    clientSessions: ClientSessionContributor,
  ) {
    super();
    capabilities.add('oauthProvider', this);
    ports.authorizationServer.fill(server, 'oauthProvider');
    for (const name of DOCUMENTS) routes.speakOAuth(`/.well-known/${name}`);
    for (const name of OAUTH_ROUTES) for (const folder of ['oauth2', 'oauth']) routes.speakOAuth(`/${folder}/${name}`);
    sessionContributors.add('client tokens', clientSessions);
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
    for (const [name, methods] of Object.entries(BROWSER_ROUTES))
      for (const folder of ['oauth2', 'oauth'])
        this.cors.open(`${this.routes.basePath}/${folder}/${name}`, { methods, origins: this.origins.allows });
    this.metadata.serve();
  }

  onApplicationBootstrap(): void {
    this.metadata.assemble();
  }
}
