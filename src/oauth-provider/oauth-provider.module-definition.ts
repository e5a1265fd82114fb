import { defineCapability } from '../common/capability.js';
import type { OAuthProviderOptions } from './oauth-provider.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: OAUTH_PROVIDER_OPTIONS } =
  defineCapability<OAuthProviderOptions>('OAuthProvider');
