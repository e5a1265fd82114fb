import { Inject, Module } from '@nestjs/common';
import { DpopProofs } from '../common/dpop/dpop-proofs.js';
import { Extensions } from '../common/extensions.js';
import { HostPorts } from '../common/ports/port.js';
import { BearerController } from './bearer.controller.js';
import { BEARER_OPTIONS, ConfigurableModuleClass } from './bearer.module-definition.js';
import { BEARER_SETTINGS, resolveBearerOptions, type BearerSettings } from './bearer.options.js';
import { BearerService } from './bearer.service.js';

/**
 * Access tokens with rotating refresh tokens for first-party mobile and single-page apps. Needs accounts: the tokens belong to sessions.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), BearerModule.forRoot({ refreshToken: { enabled: true } })];
 */
@Module({
  controllers: [BearerController],
  providers: [{ provide: BEARER_SETTINGS, useFactory: resolveBearerOptions, inject: [BEARER_OPTIONS] }, BearerService],
  exports: [BearerService],
})
export class BearerModule extends ConfigurableModuleClass {
  constructor(
    extensions: Extensions,
    private readonly ports: HostPorts,
    bearer: BearerService,
    @Inject(BEARER_SETTINGS) { dpop }: BearerSettings,
    proofs: DpopProofs,
  ) {
    super();
    if (dpop === 'required') proofs.isAnnounced = true;
    extensions.add({ name: 'bearer', sessionBinding: dpop, onSignIn: (tx, signIn) => bearer.onSignIn(tx, signIn) });
  }

  onModuleInit(): void {
    if (!this.ports.sessions.filled) {
      throw new Error(
        'bearer needs sessions to make tokens from. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    }
  }
}
