import { Inject, Module } from '@nestjs/common';
import { CAPABILITIES, SIGN_IN_CONTRIBUTORS } from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import type { SignInContributor } from '../common/host/contributors.js';
import { HostPorts } from '../common/host/port.js';
import { BearerController } from './bearer.controller.js';
import { BEARER_OPTIONS, ConfigurableModuleClass } from './bearer.module-definition.js';
import { BEARER_SETTINGS, resolveBearerOptions } from './bearer.options.js';
import { BearerService } from './bearer.service.js';

/**
 * Access tokens with rotating refresh tokens for first-party mobile and single-page apps. Needs accounts, whose sessions they belong to.
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
    @Inject(CAPABILITIES) capabilities: Registry<object>,
    @Inject(SIGN_IN_CONTRIBUTORS) contributors: Registry<SignInContributor>,
    private readonly ports: HostPorts,
    bearer: BearerService,
  ) {
    super();
    capabilities.add('bearer', this);
    contributors.add('bearer', bearer);
  }

  onModuleInit(): void {
    if (!this.ports.sessions.filled) {
      throw new Error(
        'bearer needs sessions to make tokens from. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    }
  }
}
