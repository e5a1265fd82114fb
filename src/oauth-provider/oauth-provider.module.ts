import { Inject, Module, type OnApplicationBootstrap, type OnModuleInit, type Provider } from '@nestjs/common';
import { DpopProofs } from '../common/dpop/dpop-proofs.js';
import { Extensions } from '../common/extensions.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { HostPorts } from '../common/ports/port.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { LINK_LIFETIME_SECONDS } from './authorize/authorization-responses.js';
import { authorizeProviders, authorizeSweeps } from './authorize/authorize.providers.js';
import { ConsentController } from './authorize/consent.controller.js';
import { InteractionFormsController } from './authorize/interaction-forms.controller.js';
import { InteractionController } from './authorize/interaction.controller.js';
import { InteractionPages } from './authorize/interaction.pages.js';
import { OAuthQueries } from './authorize/oauth-queries.js';
import { claimsProviders } from './claims/claims.providers.js';
import { AdminOAuthClientsController } from './clients/admin-oauth-clients.controller.js';
import {
  clientAuthenticationProviders,
  clientAuthenticationSweeps,
} from './clients/authentication/client-authentication.providers.js';
import { requireOfferedGrants } from './clients/metadata/static-metadata.js';
import { clientProviders } from './clients/clients.providers.js';
import { CLIENTS_PATH, ClientPageController } from './clients/client-page.controller.js';
import { ClientsPageController } from './clients/clients-page.controller.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { codeProviders, codeSweeps } from './codes/codes.providers.js';
import { APPLICATIONS_PATH, ApplicationsPageController } from './consent/applications-page.controller.js';
import { AdminConsentsController } from './consent/admin-consents.controller.js';
import { ConnectedApplicationsController } from './consent/connected-applications.controller.js';
import { ConsentStore } from './consent/consent.store.js';
import { ConsentsService } from './consent/consents.service.js';
import { IdTokenHints } from './id-tokens/id-token-hints.js';
import { IdTokens } from './id-tokens/id-tokens.js';
import { IntrospectionController } from './introspection/introspection.controller.js';
import { IntrospectionService } from './introspection/introspection.service.js';
import { SignedIntrospection } from './introspection/signed-introspection.js';
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
import { OwnClientsController } from './own-clients/own-clients.controller.js';
import { OwnClientsService } from './own-clients/own-clients.service.js';
import { AdminInitialAccessTokensController } from './registration/admin-initial-access-tokens.controller.js';
import { InitialAccessTokens } from './registration/initial-access-tokens.js';
import { RegistrationController } from './registration/registration.controller.js';
import { registrationProviders, registrationSweeps } from './registration/registration.providers.js';
import { requestObjectProviders } from './request-objects/request-objects.providers.js';
import { PushedRequestsController } from './pushed-requests/pushed-requests.controller.js';
import { PushedRequests } from './pushed-requests/pushed-requests.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { RevocationService } from './revocation/revocation.service.js';
import { TOKENS_PATH, TokensPageController } from './registration/tokens-page.controller.js';
import { AccessTokenSubjects } from './subject-tokens/access-token.subjects.js';
import { IdTokenSubjects } from './subject-tokens/id-token.subjects.js';
import { RefreshTokenSubjects } from './subject-tokens/refresh-token.subjects.js';
import { subjectTokenProviders } from './subject-tokens/subject-tokens.providers.js';
import { AuthorizationCodeGrant } from './token/authorization-code.grant.js';
import { OAuthServer } from './token/oauth-server.js';
import { RefreshTokenGrant } from './token/refresh-token.grant.js';
import { TokenController } from './token/token.controller.js';
import { tokenProviders } from './token/token.providers.js';
import { AccessTokenSessionView } from './userinfo/access-token-session.view.js';
import { UserinfoController } from './userinfo/userinfo.controller.js';
import { Userinfo } from './userinfo/userinfo.js';

const providers: Provider[] = [
  {
    provide: OAUTH_PROVIDER_SETTINGS,
    useFactory: resolveOAuthProviderOptions,
    inject: [OAUTH_PROVIDER_OPTIONS, CORE_SETTINGS],
  },
  ...clientProviders,
  ...clientAuthenticationProviders,
  ...registrationProviders,
  OwnClientsService,
  ...claimsProviders,
  IdTokens,
  IdTokenHints,
  ...codeProviders,
  ConsentStore,
  ConsentsService,
  ...tokenProviders,
  ...subjectTokenProviders,
  ...requestObjectProviders,
  ...authorizeProviders,
  PushedRequests,
  IntrospectionService,
  SignedIntrospection,
  RevocationService,
  Userinfo,
  AccessTokenSessionView,
  ...logoutProviders,
  MetadataDocument,
];

/**
 * The authorization server and OpenID provider. Needs accounts, where users sign in, and jwt, which publishes the signing keys.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), OAuthProviderModule.forRoot({ dynamicRegistration: 'authenticated' })];
 */
@Module({
  controllers: [
    AuthorizeController,
    PushedRequestsController,
    InteractionController,
    ConsentController,
    InteractionFormsController,
    ConnectedApplicationsController,
    AdminConsentsController,
    ApplicationsPageController,
    TokenController,
    IntrospectionController,
    RevocationController,
    UserinfoController,
    EndSessionController,
    RegistrationController,
    OwnClientsController,
    AdminOAuthClientsController,
    AdminInitialAccessTokensController,
    ClientsPageController,
    ClientPageController,
    TokensPageController,
  ],
  providers,
  exports: [ConsentsService, OAuthClientsService, InitialAccessTokens],
})
export class OAuthProviderModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly extensions: Extensions,
    private readonly ports: HostPorts,
    private readonly metadata: MetadataDocument,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
    server: OAuthServer,
    codes: AuthorizationCodeGrant,
    refreshes: RefreshTokenGrant,
    queries: OAuthQueries,
    pages: InteractionPages,
    clients: OAuthClientsService,
    clientSession: AccessTokenSessionView,
    clientSessions: ClientSessions,
    consents: ConsentsService,
    accessTokens: AccessTokenSubjects,
    idTokens: IdTokenSubjects,
    refreshTokens: RefreshTokenSubjects,
    keys: SigningKeys,
    proofs: DpopProofs,
  ) {
    super();
    const { profile, requires } = settings;
    proofs.isAnnounced ||= profile !== null || ['dpop', 'either'].includes(requires.boundTokens ?? '');
    extensions.add({
      name: 'oauthProvider',
      ports: { authorizationServer: server, signInContinuation: queries },
      grants: [codes, refreshes],
      subjectTokens: [accessTokens, idTokens, refreshTokens],
      pages: [
        { area: 'account', path: APPLICATIONS_PATH, title: 'account.applications', order: 40 },
        { area: 'administration', path: CLIENTS_PATH, title: 'admin.clients', order: 20 },
        { area: 'administration', path: TOKENS_PATH, title: 'admin.tokens', order: 30 },
      ],
      signInPage: (continueTo) => pages.partOf(continueTo),
      sessionOf: (principal) => clientSession.sessionOf(principal),
      onSessionEnd: (tx, { sessionIds }) => clientSessions.end(tx, sessionIds),
      onSubjectEnd: async (tx, subjectId, end) => {
        await consents.onSubjectEnd(tx, subjectId, end);
        // A deleted user's clients have no owner left and go too. Those of a disabled user stay; administration decides.
        if (end === 'forgotten') await clients.deleteOwnedBy(tx, subjectId);
      },
      onCredentialChange: async (tx, subjectId, { change }) =>
        change === 'owner' ? consents.onSubjectEnd(tx, subjectId, 'forgotten') : undefined,
      sweeps: [
        ...clientAuthenticationSweeps,
        ...registrationSweeps,
        ...codeSweeps,
        ...authorizeSweeps,
        ...logoutSweeps,
      ],
    });
    const longest = Math.max(settings.idTokenTtlSeconds, settings.accessTtlSeconds, LINK_LIFETIME_SECONDS);
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
    requireOfferedGrants(
      this.settings,
      this.extensions.grants.map(({ grantType }) => grantType),
    );
    this.metadata.assemble();
  }
}
