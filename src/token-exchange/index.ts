export { TokenExchangeModule } from './token-exchange.module.js';
export type {
  ExchangeDecision,
  ExchangedToken,
  ExchangedType,
  ExchangeHook,
  ExchangeMode,
  ExchangeRuleOptions,
  TokenExchange,
  TokenExchangeOptions,
} from './token-exchange.options.js';
