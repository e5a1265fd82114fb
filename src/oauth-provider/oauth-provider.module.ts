import { Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { Database } from '../common/database/database.js';
import type { Grant } from '../common/grants/grant.js';
import type { SignInContinuation, SignInPagePart } from '../common/host/contributors.js';
import { HostPorts } from '../common/host/port.js';
import { AuthRoutes } from '../common/http/auth-routes.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import {
  CAPABILITIES,
  GRANTS,
  SIGN_IN_CONTINUATIONS,
  SIGN_IN_PAGE_PARTS,
  SUBJECT_HOLDINGS,
} from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import type { SubjectHoldings } from '../common/subjects/subject.lifecycle.js';
import { Sweeper, sweepWhere } from '../common/sweeper/sweeper.js';
import { AuthorizationCodeStore } from './authorize/authorization-code.store.js';
import { AuthorizationCodes } from './authorize/authorization-codes.js';
import { AuthorizationFlow } from './authorize/authorization-flow.js';
import { AuthorizationRequestParser } from './authorize/authorization-request.parser.js';
import { AuthorizationRequestStore } from './authorize/authorization-request.store.js';
import { AuthorizationReplies } from './authorize/authorization.replies.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { AuthorizeService } from './authorize/authorize.service.js';
import { InteractionUrls } from './authorize/interaction-urls.js';
import { InteractionController } from './authorize/interaction.controller.js';
import { InteractionPages } from './authorize/interaction.pages.js';
import { OAuthQueries } from './authorize/oauth-queries.js';
import { clientControllers, clientProviders } from './clients/client.providers.js';
import { InitialAccessTokens } from './clients/initial-access-tokens.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { ConnectedApplicationsController } from './consent/connected-applications.controller.js';
import { ConsentController } from './consent/consent.controller.js';
import { ConsentStore } from './consent/consent.store.js';
import { ConsentsService } from './consent/consents.service.js';
import { IntrospectionController } from './introspection/introspection.controller.js';
import { IntrospectionService } from './introspection/introspection.service.js';
import { ConfigurableModuleClass, OAUTH_PROVIDER_OPTIONS } from './oauth-provider.module-definition.js';
import {
  OAUTH_PROVIDER_SETTINGS,
  resolveOAuthProviderOptions,
  type OAuthProviderSettings,
} from './oauth-provider.settings.js';
import { OAuthServer } from './oauth-server.js';
import { RequestObjects } from './request-objects/request-objects.js';
import { AuthorizationCodeGrant } from './token/authorization-code.grant.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { RevocationService } from './revocation/revocation.service.js';
import { ClientTokens } from './token/client-tokens.js';
import { IdTokenHints } from './token/id-token-hints.js';
import { IdTokens } from './token/id-tokens.js';
import { RefreshTokenGrant } from './token/refresh-token.grant.js';
import { SubjectIdentifiers } from './token/subject-identifiers.js';
import { TokenHolders } from './token/token-holders.js';
import { TokenController } from './token/token.controller.js';
import { UserClaims } from './userinfo/user-claims.js';

/** Routes that speak the OAuth error shape, under both names; `/oauth2/link` and `/oauth2/callback` are of another capability. */
const OAUTH_ROUTES = [
  'authorize',
  'continue',
  'consent',
  'select-account',
  'token',
  'introspect',
  'revoke',
  'userinfo',
  'register',
  'end-session',
  'endsession',
];

const providers: Provider[] = [
  {
    provide: OAUTH_PROVIDER_SETTINGS,
    useFactory: resolveOAuthProviderOptions,
    inject: [OAUTH_PROVIDER_OPTIONS, CORE_SETTINGS],
  },
  ...clientProviders,
  {
    provide: AuthorizationRequestStore,
    useFactory: (database: Database) => new AuthorizationRequestStore(database),
    inject: [Database],
  },
  {
    provide: AuthorizationCodeStore,
    useFactory: (database: Database) => new AuthorizationCodeStore(database),
    inject: [Database],
  },
  { provide: ConsentStore, useFactory: (database: Database) => new ConsentStore(database), inject: [Database] },
  IntrospectionService,
  RevocationService,
  SubjectIdentifiers,
  UserClaims,
  IdTokens,
  TokenHolders,
  ClientTokens,
  OAuthServer,
  RequestObjects,
  IdTokenHints,
  AuthorizationCodes,
  AuthorizationRequestParser,
  InteractionUrls,
  AuthorizationFlow,
  AuthorizeService,
  InteractionPages,
  OAuthQueries,
  AuthorizationReplies,
  AuthorizationCodeGrant,
  RefreshTokenGrant,
  ConsentsService,
];

/** The authorization server and OpenID provider. Needs accounts, whose users sign in, and jwt, which publishes the keys. */
@Module({
  controllers: [
    AuthorizeController,
    InteractionController,
    ConsentController,
    ConnectedApplicationsController,
    TokenController,
    IntrospectionController,
    RevocationController,
    ...clientControllers,
  ],
  providers,
  exports: [ConsentsService, OAuthClientsService, InitialAccessTokens],
})
export class OAuthProviderModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    @Inject(CAPABILITIES) private readonly capabilities: Registry<object>,
    @Inject(GRANTS) grants: Registry<Grant>,
    @Inject(SIGN_IN_CONTINUATIONS) continuations: Registry<SignInContinuation>,
    @Inject(SIGN_IN_PAGE_PARTS) parts: Registry<SignInPagePart>,
    @Inject(OAUTH_PROVIDER_SETTINGS) settings: OAuthProviderSettings,
    private readonly ports: HostPorts,
    routes: AuthRoutes,
    keys: SigningKeys,
    server: OAuthServer,
    codes: AuthorizationCodeGrant,
    refreshes: RefreshTokenGrant,
    queries: OAuthQueries,
    pages: InteractionPages,
    consents: ConsentsService,
    sweeper: Sweeper,
    @Inject(SUBJECT_HOLDINGS) holdings: Registry<SubjectHoldings>,
  ) {
    super();
    capabilities.add('oauthProvider', this);
    ports.authorizationServer.fill(server, 'oauthProvider');
    for (const folder of ['oauth2', 'oauth']) {
      for (const name of OAUTH_ROUTES) routes.speakOAuth(`/${folder}/${name}`);
    }
    for (const grant of [codes, refreshes]) grants.add(grant.grantType, grant);
    holdings.add('consents', consents.holdings);
    continuations.add('oauthProvider', queries);
    parts.add('oauthProvider', pages);
    sweeper.add(sweepWhere('auth_authorization_request', 'id', `expires_at < now() - interval '1 day'`));
    // A spent code is evidence until its tokens have died (T071).
    sweeper.add(
      sweepWhere(
        'auth_authorization_code',
        'id',
        `expires_at < now() - interval '1 day' AND NOT EXISTS (SELECT FROM auth_token_family f
           WHERE f.source_id = auth_authorization_code.id::text AND f.expires_at > now() AND f.revoked_at IS NULL)`,
      ),
    );
    const longest = Math.max(settings.idTokenTtlSeconds, settings.accessTtlSeconds);
    keys.want(settings.accessTokenAlgorithm, longest);
    sweeper.add(sweepWhere('auth_client_assertion', 'hash', `expires_at < now() - interval '1 minute'`));
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
