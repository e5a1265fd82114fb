import { Inject, Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { HostPorts } from '../common/ports/port.js';
import { Cors } from '../common/http/edge/cors.js';
import { RootRoutes } from '../common/http/edge/root-routes.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { DeviceAuthorizationStore } from './authorizations/device-authorization.store.js';
import { UserCodeDigests } from './authorizations/user-code-digests.js';
import { ConfigurableModuleClass, DEVICE_OPTIONS } from './device.module-definition.js';
import { DEVICE_SETTINGS, resolveDeviceOptions, type DeviceSettings } from './device.options.js';
import { DeviceAuthorizationController } from './issue/device-authorization.controller.js';
import { DeviceClients } from './issue/device-clients.js';
import { DeviceIssuerService } from './issue/device-issuer.service.js';
import { DeviceCodeGrant } from './poll/device-code.grant.js';
import { DevicePolling } from './poll/device-polling.js';
import { DeviceSessionGrant } from './poll/device-session.grant.js';
import { DeviceTokenController } from './poll/device-token.controller.js';
import { DeviceTokenService } from './poll/device-token.service.js';
import { DEVICES_PATH, DevicesPageController } from './verification/devices-page.controller.js';
import { CodeAttempts } from './verification/code-attempts.js';
import { VerificationController } from './verification/verification.controller.js';
import { VerificationPage } from './verification/verification-page.js';
import { VerificationService } from './verification/verification.service.js';

const providers: Provider[] = [
  { provide: DEVICE_SETTINGS, useFactory: resolveDeviceOptions, inject: [DEVICE_OPTIONS] },
  DeviceAuthorizationStore,
  UserCodeDigests,
  DeviceClients,
  DeviceIssuerService,
  DevicePolling,
  DeviceCodeGrant,
  DeviceSessionGrant,
  DeviceTokenService,
  CodeAttempts,
  VerificationService,
  VerificationPage,
];

/**
 * Device authorization (RFC 8628). Needs accounts, whose users approve; with oauthProvider devices are registered clients.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), DeviceModule.forRoot({ expiresIn: '10m' })];
 */
@Module({
  controllers: [DeviceAuthorizationController, DeviceTokenController, VerificationController, DevicesPageController],
  providers,
})
export class DeviceModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    extensions: Extensions,
    @Inject(DEVICE_SETTINGS) private readonly settings: DeviceSettings,
    private readonly ports: HostPorts,
    private readonly rootRoutes: RootRoutes,
    private readonly page: VerificationPage,
    private readonly cors: Cors,
    store: DeviceAuthorizationStore,
    grant: DeviceCodeGrant,
  ) {
    super();
    extensions.add({
      name: 'device',
      ...(settings.enabled && {
        grants: [grant],
        metadata: endpointOf,
        pages: [{ area: 'administration', path: DEVICES_PATH, title: 'admin.devices', order: 40 }],
      }),
      onSessionEnd: (tx, { sessionIds }) => store.withdraw(tx, sessionIds),
      onSubjectEnd: (tx, subjectId) => store.removeOf(tx, subjectId),
      onCredentialChange: async (tx, subjectId, { change }) =>
        change === 'owner' ? store.removeOf(tx, subjectId) : undefined,
      // Some time after they expire, so that a device that polls late is told that its code has expired.
      sweeps: [
        sweepWhere('auth_device_authorization', 'id', `expires_at < now() - interval '10 minutes'`, 'expires_at'),
      ],
    });
  }

  /** The same origins as at the token endpoint. */
  private readonly allowsOrigin = async (origin: string): Promise<boolean> => {
    const server = this.ports.authorizationServer;
    return server.filled && server.get().allowsOrigin(origin);
  };

  onModuleInit(): void {
    if (!this.ports.sessions.filled)
      throw new Error(
        'device needs sessions of users who approve. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    const { enabled, pagePath } = this.settings;
    if (enabled) this.cors.openTo('devices', this.allowsOrigin);
    if (enabled && pagePath !== null) this.rootRoutes.servePage(pagePath, this.page);
  }
}

/** RFC 8628 4. */
function endpointOf(urlOf: (route: string, method?: string) => string): Readonly<Record<string, unknown>> {
  return { device_authorization_endpoint: urlOf('/oauth2/device_authorization', 'POST') };
}
