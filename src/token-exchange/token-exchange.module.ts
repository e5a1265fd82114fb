import { Module } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { ConfigurableModuleClass } from './token-exchange.module-definition.js';

/**
 * Exchange of tokens (RFC 8693): a service acts for a user at the next service.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), TokenExchangeModule.forRoot({})];
 */
@Module({})
export class TokenExchangeModule extends ConfigurableModuleClass {
  constructor(extensions: Extensions) {
    super();
    extensions.add({ name: 'tokenExchange' });
  }
}
