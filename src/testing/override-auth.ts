import type { TestingModuleBuilder } from '@nestjs/testing';
import { Extensions } from '../common/extensions.js';
import { GuardServices } from '../common/guards/guard-services.js';
import { CORE_SETTINGS, type CoreSettings } from '../common/options/core-options.js';
import { loadersFrom } from '../common/ports/loaders.js';
import { HostPorts } from '../common/ports/port.js';
import { ActingServices } from './acting.services.js';

/**
 * The one override for tests of a whole application, with its real `AuthModule`: `actingAs` then says who calls. While nobody acts, real
 * credentials are verified as ever.
 *
 * @example
 * const moduleRef = await overrideAuth(Test.createTestingModule({ imports: [AppModule] })).compile();
 * const app = await moduleRef.createNestApplication().init();
 * actingAs(app, mockPrincipal({ user: 'ann' }));
 */
export function overrideAuth(builder: TestingModuleBuilder): TestingModuleBuilder {
  return builder.overrideProvider(GuardServices).useFactory({
    factory: (extensions: Extensions, ports: HostPorts, { issuer }: CoreSettings) =>
      new ActingServices(extensions, loadersFrom(ports), issuer),
    inject: [Extensions, HostPorts, CORE_SETTINGS],
  });
}
