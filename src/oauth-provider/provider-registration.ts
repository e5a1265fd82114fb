import { Inject, Injectable } from '@nestjs/common';
import type { Grant } from '../common/grants/grant.js';
import type {
  SessionContributor,
  SessionHoldings,
  SignInContinuation,
  SignInPagePart,
} from '../common/host/contributors.js';
import { HostPorts } from '../common/host/port.js';
import { AuthRoutes } from '../common/http/auth-routes.js';
import { Cors, type CorsPolicy } from '../common/http/cors.js';
import { SigningKeys } from '../common/keys/signing-keys.js';
import {
  GRANTS,
  SESSION_CONTRIBUTORS,
  SESSION_HOLDINGS,
  SIGN_IN_CONTINUATIONS,
  SIGN_IN_PAGE_PARTS,
  SUBJECT_HOLDINGS,
} from '../common/registries.js';
import type { Registry } from '../common/registry.js';
import type { SubjectHoldings } from '../common/subjects/subject.lifecycle.js';
import { Sweeper } from '../common/sweeper/sweeper.js';
import { authorizeSweeps } from './authorize/authorize.providers.js';
import { InteractionPages } from './authorize/interaction.pages.js';
import { OAuthQueries } from './authorize/oauth-queries.js';
import { ClientHoldings } from './clients/client-holdings.js';
import { ClientOrigins } from './clients/client-origins.js';
import { clientSweeps } from './clients/clients.providers.js';
import { ConsentsService } from './consent/consents.service.js';
import { ClientSessions } from './logout/client-sessions.js';
import { logoutSweeps } from './logout/logout.providers.js';
import { DOCUMENTS } from './metadata/metadata.document.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from './oauth-provider.settings.js';
import { OAuthServer } from './oauth-server.js';
import { AuthorizationCodeGrant } from './token/authorization-code.grant.js';
import { ClientSessionContributor } from './userinfo/client-session.contributor.js';
import { RefreshTokenGrant } from './token/refresh-token.grant.js';

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

/** Fills the kernel's port and adds this capability to its registries, before the application starts. */
@Injectable()
export class ProviderRegistration {
  constructor(
    ports: HostPorts,
    @Inject(GRANTS) grants: Registry<Grant>,
    @Inject(SUBJECT_HOLDINGS) holdings: Registry<SubjectHoldings>,
    @Inject(SESSION_CONTRIBUTORS) contributors: Registry<SessionContributor>,
    @Inject(SESSION_HOLDINGS) sessionHoldings: Registry<SessionHoldings>,
    @Inject(SIGN_IN_CONTINUATIONS) continuations: Registry<SignInContinuation>,
    @Inject(SIGN_IN_PAGE_PARTS) parts: Registry<SignInPagePart>,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
    server: OAuthServer,
    codes: AuthorizationCodeGrant,
    refreshes: RefreshTokenGrant,
    consents: ConsentsService,
    clients: ClientHoldings,
    clientSessions: ClientSessions,
    queries: OAuthQueries,
    pages: InteractionPages,
    clientSession: ClientSessionContributor,
    keys: SigningKeys,
    sweeper: Sweeper,
    private readonly routes: AuthRoutes,
    private readonly cors: Cors,
    private readonly origins: ClientOrigins,
  ) {
    ports.authorizationServer.fill(server, 'oauthProvider');
    for (const grant of [codes, refreshes]) grants.add(grant.grantType, grant);
    holdings.add('consents', consents.holdings);
    holdings.add('oauthClients', clients);
    sessionHoldings.add('oauthProvider', clientSessions);
    contributors.add('oauthProvider', clientSession);
    continuations.add('oauthProvider', queries);
    parts.add('oauthProvider', pages);
    for (const task of [...clientSweeps, ...authorizeSweeps, ...logoutSweeps]) sweeper.add(task);
    for (const name of DOCUMENTS) routes.speakOAuth(`/.well-known/${name}`);
    for (const folder of FOLDERS) for (const name of OAUTH_ROUTES) routes.speakOAuth(`/${folder}/${name}`);
    const longest = Math.max(settings.idTokenTtlSeconds, settings.accessTtlSeconds);
    keys.want(settings.accessTokenAlgorithm, longest);
    for (const algorithm of settings.idTokenAlgorithms) keys.want(algorithm, longest, { exact: true });
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
