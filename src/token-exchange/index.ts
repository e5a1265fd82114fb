export { TokenExchangeModule } from './token-exchange.module.js';
export type {
  AssertionAudienceOptions,
  AudienceSubject,
  IdentityAssertion,
  IdentityAssertionDecision,
  IdentityAssertionHook,
  IdentityAssertionsOptions,
} from './identity-assertion.options.js';
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
