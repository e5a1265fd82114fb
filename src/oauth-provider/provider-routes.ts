import { Inject, Injectable } from '@nestjs/common';
import { AuthRoutes } from '../common/http/auth-routes.js';
import { Cors, type CorsPolicy } from '../common/http/cors.js';
import { ClientOrigins } from './clients/client-origins.js';
import { DOCUMENTS } from './metadata/metadata.document.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from './oauth-provider.settings.js';

const FOLDERS = ['oauth2', 'oauth'];
/** Routes that speak the OAuth error shape, under both names; `/oauth2/link` and `/oauth2/callback` are of another capability. */
const OAUTH_ROUTES = [
  'authorize',
  'continue',
  'consent',
  'select-account',
  'token',
  'introspect',
  'revoke',
  'userinfo',
  'register',
  'end-session',
  'endsession',
  'logout',
];
/** Routes that public clients call from browsers, and how. */
const BROWSER_ROUTES: Readonly<Record<string, string>> = { token: 'POST', revoke: 'POST', userinfo: 'GET, HEAD, POST' };
/** Where clients register, anybody's where registration is open to anybody, and where they manage themselves with a token (RFC 7591, 7592). */
const REGISTRATION_ROUTES: Readonly<Record<string, string>> = {
  register: 'POST',
  'register/:clientId': 'GET, PUT, DELETE',
};

/** Which routes speak the OAuth error shape, and which are open to browsers of other origins. */
@Injectable()
export class ProviderRoutes {
  constructor(
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
    private readonly routes: AuthRoutes,
    private readonly cors: Cors,
    private readonly origins: ClientOrigins,
  ) {
    for (const name of DOCUMENTS) routes.speakOAuth(`/.well-known/${name}`);
    for (const folder of FOLDERS) for (const name of OAUTH_ROUTES) routes.speakOAuth(`/${folder}/${name}`);
  }

  /** Once the host's global prefix is known. */
  openToBrowsers(): void {
    const { mode } = this.settings.registration;
    this.open(BROWSER_ROUTES, this.origins.allows);
    if (mode !== 'off') this.open(REGISTRATION_ROUTES, mode === 'open' ? 'any' : this.origins.allows);
  }

  private open(routes: Readonly<Record<string, string>>, origins: CorsPolicy['origins']): void {
    for (const [name, methods] of Object.entries(routes))
      for (const folder of FOLDERS)
        this.cors.open(this.routes.pathOf(`/${folder}/${name}`, methods.split(',', 1)[0]), { methods, origins });
  }
}
