export { ClientCredentialsModule } from './client-credentials.module.js';
export type { ClientCredentialsOptions } from './client-credentials.options.js';
export { ClientCredentialsService } from './outbound/client-credentials.service.js';
export type { ClientCredential } from './outbound/held-token.js';
export { OutboundFetch } from './outbound/outbound-fetch.js';
export type {
  MicrosoftProviderOptions,
  OAuthPrivateKeyOptions,
  OutboundProviderOptions,
  OutboundApplicationOptions,
  OutboundOptions,
} from './outbound/outbound.options.js';
