export { TokenExchangeModule } from './token-exchange.module.js';
export type { TokenExchangeOptions } from './token-exchange.options.js';
