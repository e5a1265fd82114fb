import { Inject, Module, type OnApplicationBootstrap, type OnModuleInit, type Provider } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { HostPorts } from '../common/host/port.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { authorizeProviders, authorizeSweeps } from './authorize/authorize.providers.js';
import { InteractionController } from './authorize/interaction.controller.js';
import { InteractionPages } from './authorize/interaction.pages.js';
import { OAuthQueries } from './authorize/oauth-queries.js';
import { clientControllers, clientProviders, clientSweeps } from './clients/clients.providers.js';
import { InitialAccessTokens } from './clients/initial-access-tokens.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { ConnectedApplicationsController } from './consent/connected-applications.controller.js';
import { ConsentController } from './consent/consent.controller.js';
import { ConsentsService } from './consent/consents.service.js';
import { IntrospectionController } from './introspection/introspection.controller.js';
import { ClientSessions } from './logout/client-sessions.js';
import { EndSessionController } from './logout/end-session.controller.js';
import { logoutProviders, logoutSweeps } from './logout/logout.providers.js';
import { MetadataDocument } from './metadata/metadata.document.js';
import { ConfigurableModuleClass, OAUTH_PROVIDER_OPTIONS } from './oauth-provider.module-definition.js';
import {
  OAUTH_PROVIDER_SETTINGS,
  resolveOAuthProviderOptions,
  type OAuthProviderSettings,
} from './oauth-provider.settings.js';
import { OAuthServer } from './oauth-server.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { AuthorizationCodeGrant } from './token/authorization-code.grant.js';
import { RefreshTokenGrant } from './token/refresh-token.grant.js';
import { TokenController } from './token/token.controller.js';
import { tokenProviders } from './token/token.providers.js';
import { ClientSessionView } from './userinfo/client-session.view.js';
import { UserinfoController } from './userinfo/userinfo.controller.js';

const providers: Provider[] = [
  {
    provide: OAUTH_PROVIDER_SETTINGS,
    useFactory: resolveOAuthProviderOptions,
    inject: [OAUTH_PROVIDER_OPTIONS, CORE_SETTINGS],
  },
  ...clientProviders,
  ...tokenProviders,
  ...authorizeProviders,
  ...logoutProviders,
  OAuthServer,
  MetadataDocument,
];

/**
 * The authorization server and OpenID provider. Needs accounts, whose users sign in, and jwt, which publishes the keys.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), OAuthProviderModule.forRoot({ dynamicRegistration: 'authenticated' })];
 */
@Module({
  controllers: [
    AuthorizeController,
    InteractionController,
    ConsentController,
    ConnectedApplicationsController,
    TokenController,
    IntrospectionController,
    RevocationController,
    UserinfoController,
    EndSessionController,
    ...clientControllers,
  ],
  providers,
  exports: [ConsentsService, OAuthClientsService, InitialAccessTokens],
})
export class OAuthProviderModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly extensions: Extensions,
    private readonly ports: HostPorts,
    private readonly metadata: MetadataDocument,
    @Inject(OAUTH_PROVIDER_SETTINGS) settings: OAuthProviderSettings,
    server: OAuthServer,
    codes: AuthorizationCodeGrant,
    refreshes: RefreshTokenGrant,
    queries: OAuthQueries,
    pages: InteractionPages,
    clients: OAuthClientsService,
    clientSession: ClientSessionView,
    clientSessions: ClientSessions,
    consents: ConsentsService,
    keys: SigningKeys,
  ) {
    super();
    extensions.add({
      name: 'oauthProvider',
      ports: { authorizationServer: server, signInContinuation: queries },
      grants: [codes, refreshes],
      signInPage: (continueTo) => pages.partOf(continueTo),
      sessionOf: (principal) => clientSession.sessionOf(principal),
      onSessionEnd: (tx, { sessionIds }) => clientSessions.end(tx, sessionIds),
      onSubjectEnd: async (tx, subjectId, end) => {
        await consents.onSubjectEnd(tx, subjectId, end);
        // Nobody would answer for the clients of a deleted user. Those of a disabled one stay; administration decides.
        if (end === 'forgotten') await clients.deleteOwnedBy(tx, subjectId);
      },
      sweeps: [...clientSweeps, ...authorizeSweeps, ...logoutSweeps],
    });
    const longest = Math.max(settings.idTokenTtlSeconds, settings.accessTtlSeconds);
    keys.want(settings.accessTokenAlgorithm, longest);
    for (const algorithm of settings.idTokenAlgorithms) keys.want(algorithm, longest, { exact: true });
  }

  onModuleInit(): void {
    if (!this.ports.sessions.filled)
      throw new Error(
        'oauthProvider needs sessions to authorize with. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    if (!this.extensions.has('jwt'))
      throw new Error(
        'oauthProvider signs ID tokens with keys that jwt publishes. Add jwt to AuthModule.forRoot, or import JwtModule.forRoot().',
      );
    this.metadata.serve();
  }

  onApplicationBootstrap(): void {
    this.metadata.assemble();
  }
}
