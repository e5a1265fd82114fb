import { defineCapability } from '../common/capability.js';
import type { TokenExchangeOptions } from './token-exchange.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: TOKEN_EXCHANGE_OPTIONS } =
  defineCapability<TokenExchangeOptions>('TokenExchange');
