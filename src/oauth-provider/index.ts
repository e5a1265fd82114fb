export { ConsentsService, type ConnectedApplication } from './consent/consents.service.js';
export { OAuthProviderModule } from './oauth-provider.module.js';
export type {
  OAuthProviderHooks,
  OAuthProviderOptions,
  RegistrationMode,
  ResourceOptions,
  StaticClientOptions,
} from './oauth-provider.options.js';
