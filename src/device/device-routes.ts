import { Injectable } from '@nestjs/common';
import { HostPorts } from '../common/host/port.js';
import { AuthRoutes } from '../common/http/auth-routes.js';
import { Cors, type CorsPolicy } from '../common/http/cors.js';

const OAUTH_ROUTES = ['/device', '/oauth2/device_authorization', '/oauth/device_authorization'];
/** What devices call, some of them browsers; what users call is for the host's own pages. */
const DEVICE_ROUTES = ['/device/code', '/device/token', '/oauth2/device_authorization', '/oauth/device_authorization'];

/** Which routes speak the OAuth error shape, and which are open to browsers of other origins. */
@Injectable()
export class DeviceRoutes {
  constructor(
    private readonly ports: HostPorts,
    private readonly cors: Cors,
    private readonly routes: AuthRoutes,
  ) {
    for (const path of OAUTH_ROUTES) routes.speakOAuth(path);
  }

  /** As at the token endpoint. */
  private readonly ofClients: CorsPolicy = {
    methods: 'POST',
    origins: async (origin) => {
      const server = this.ports.authorizationServer;
      return server.filled && server.get().allowsOrigin(origin);
    },
  };

  /** Once the host's global prefix is known. */
  openToBrowsers(): void {
    for (const path of DEVICE_ROUTES) this.cors.open(this.routes.pathOf(path, 'POST'), this.ofClients);
  }
}
