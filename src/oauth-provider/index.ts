export { ConsentsService, type ConnectedApplication } from './consent/consents.service.js';
export { OAuthProviderModule } from './oauth-provider.module.js';
export type { OAuthProviderHooks, OAuthProviderOptions, RegistrationMode } from './oauth-provider.options.js';
export type { ClientMetadataDocumentsOptions, DocumentContext } from './client-documents.options.js';
export type { FederatedIdentityOptions, WorkloadIssuerOptions } from './workload.options.js';
export type { StaticClientOptions } from './static-client.options.js';
export type { ClientInformation, OAuthClientView } from './clients/client.information.js';
export type { ClientPolicyInput } from './clients/metadata/client-policy-rules.js';
export type { SeedClient } from './clients/client.seeds.js';
export {
  InitialAccessTokens,
  type InitialAccessTokenView,
  type NewInitialAccessTokenInput,
} from './registration/initial-access-tokens.js';
export {
  OAuthClientsService,
  type ClientMetadataInput,
  type OAuthClientChange,
  type OAuthClientInput,
  type OAuthClientListing,
} from './clients/oauth-clients.service.js';
