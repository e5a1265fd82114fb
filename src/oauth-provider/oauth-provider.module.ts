import { Inject, Module, type OnApplicationBootstrap, type OnModuleInit, type Provider } from '@nestjs/common';
import { HostPorts } from '../common/host/port.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { CAPABILITIES } from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import { AuthorizeController } from './authorize/authorize.controller.js';
import { authorizeProviders } from './authorize/authorize.providers.js';
import { InteractionController } from './authorize/interaction.controller.js';
import { clientControllers, clientProviders } from './clients/clients.providers.js';
import { InitialAccessTokens } from './clients/initial-access-tokens.js';
import { OAuthClientsService } from './clients/oauth-clients.service.js';
import { ConnectedApplicationsController } from './consent/connected-applications.controller.js';
import { ConsentController } from './consent/consent.controller.js';
import { ConsentsService } from './consent/consents.service.js';
import { IntrospectionController } from './introspection/introspection.controller.js';
import { EndSessionController } from './logout/end-session.controller.js';
import { logoutProviders } from './logout/logout.providers.js';
import { MetadataDocument } from './metadata/metadata.document.js';
import { ConfigurableModuleClass, OAUTH_PROVIDER_OPTIONS } from './oauth-provider.module-definition.js';
import { OAUTH_PROVIDER_SETTINGS, resolveOAuthProviderOptions } from './oauth-provider.settings.js';
import { OAuthServer } from './oauth-server.js';
import { ProviderRegistration } from './provider-registration.js';
import { RevocationController } from './revocation/revocation.controller.js';
import { TokenController } from './token/token.controller.js';
import { tokenProviders } from './token/token.providers.js';
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
  ProviderRegistration,
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
    UserinfoController,
    EndSessionController,
    ...clientControllers,
  ],
  providers,
  exports: [ConsentsService, OAuthClientsService, InitialAccessTokens],
})
export class OAuthProviderModule extends ConfigurableModuleClass implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(CAPABILITIES) private readonly capabilities: Registry<object>,
    private readonly ports: HostPorts,
    private readonly metadata: MetadataDocument,
  ) {
    super();
    capabilities.add('oauthProvider', this);
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
    this.metadata.serve();
  }

  onApplicationBootstrap(): void {
    this.metadata.assemble();
  }
}
