import { Module } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { ConfigurableModuleClass } from './jwt-bearer.module-definition.js';

/**
 * Tokens for assertions of issuers that are trusted (RFC 7523), identity assertions among them (ID-JAG).
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), JwtBearerModule.forRoot({})];
 */
@Module({})
export class JwtBearerModule extends ConfigurableModuleClass {
  constructor(extensions: Extensions) {
    super();
    extensions.add({ name: 'jwtBearer' });
  }
}
