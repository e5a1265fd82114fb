export { ClientCredentialsModule } from './client-credentials.module.js';
export type { ClientCredentialsOptions } from './client-credentials.options.js';
export { ClientCredentialsService, type GetTokenOptions } from './outbound/client-credentials.service.js';
export type { ClientCredential } from './outbound/held-token.js';
export { OutboundFetch } from './outbound/outbound-fetch.js';
export type {
  MakeToken,
  MicrosoftProviderOptions,
  OAuthPrivateKeyOptions,
  OutboundProviderOptions,
  OnBehalfOfFlow,
  OutboundApplicationOptions,
  OutboundOptions,
  SubjectTokenType,
} from './outbound/outbound.options.js';
