import type { TestingModuleBuilder } from '@nestjs/testing';
import { Extensions } from '../common/extensions.js';
import { GuardServices } from '../common/guards/guard-services.js';
import { OpenConnections } from '../common/guards/open-connections.js';
import { TrustedOrigins } from '../common/http/origins/trusted-origins.js';
import { ClientAddress } from '../common/http/request/client-address.js';
import { CredentialWatch } from '../common/live/credential-watch.js';
import { CORE_SETTINGS, type CoreSettings } from '../common/options/core-options.js';
import { loadersFrom } from '../common/ports/loaders.js';
import { AcrLadder } from '../common/principal/acr-ladder.js';
import { HostPorts } from '../common/ports/port.js';
import { ROUTE_TERMS, type RouteTerms } from '../common/guards/route-terms.js';
import { ActingServices, NOBODY, TEST_ISSUER } from './acting.services.js';

/**
 * The one override for tests of a whole application: `actingAs` then says who calls. While nobody acts, real credentials are verified as ever;
 * in an application with `ResourceServerModule` nobody has one then, and no issuer is asked.
 *
 * @example
 * const moduleRef = await overrideAuth(Test.createTestingModule({ imports: [AppModule] })).compile();
 * const app = await moduleRef.createNestApplication().init();
 * actingAs(app, mockPrincipal({ user: 'ann' }));
 */
export function overrideAuth(builder: TestingModuleBuilder): TestingModuleBuilder {
  return builder.overrideProvider(GuardServices).useFactory({
    factory: (
      ports: HostPorts,
      watch: CredentialWatch,
      terms: RouteTerms,
      extensions?: Extensions,
      settings?: CoreSettings,
      origins?: TrustedOrigins,
      addresses?: ClientAddress,
      ladder?: AcrLadder,
    ) =>
      new ActingServices(
        extensions ?? { authenticators: [] },
        extensions ? loadersFrom(ports) : NOBODY,
        settings?.issuer ?? TEST_ISSUER,
        {
          connections: new OpenConnections(watch, origins, addresses),
          terms,
          ...(ladder && { judge: { ladder, now: () => new Date() } }),
        },
      ),
    inject: [
      HostPorts,
      CredentialWatch,
      ROUTE_TERMS,
      ...[Extensions, CORE_SETTINGS, TrustedOrigins, ClientAddress, AcrLadder].map((token) => ({
        token,
        optional: true,
      })),
    ] as never[],
  });
}
