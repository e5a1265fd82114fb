export { AccountLinkingModule } from './account-linking.module.js';
export type { AccountLinkingOptions, LinkingOptions } from './account-linking.options.js';
export { LinkedAccountsService, type LinkedAccountView } from './linked-accounts/linked-accounts.service.js';
export { ProviderTokensService, type ProviderAccessToken } from './linked-accounts/provider-tokens.service.js';
export type { ProviderPreset } from './providers/presets.js';
export type { ExternalProfile, ProviderClaims, ProviderOptions } from './providers/provider.options.js';
