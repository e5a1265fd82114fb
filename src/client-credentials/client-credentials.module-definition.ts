import { defineCapability } from '../common/capability.js';
import type { ClientCredentialsOptions } from './client-credentials.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: CLIENT_CREDENTIALS_OPTIONS } =
  defineCapability<ClientCredentialsOptions>('ClientCredentials');
