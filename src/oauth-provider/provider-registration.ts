import { Inject, Injectable } from '@nestjs/common';
import type { Grant } from '../common/grants/grant.js';
import type {
  SessionContributor,
  SessionHoldings,
  SignInContinuation,
  SignInPagePart,
} from '../common/host/contributors.js';
import { HostPorts } from '../common/host/port.js';
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
import { clientSweeps } from './clients/clients.providers.js';
import { ConsentsService } from './consent/consents.service.js';
import { ClientSessions } from './logout/client-sessions.js';
import { logoutSweeps } from './logout/logout.providers.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from './oauth-provider.settings.js';
import { OAuthServer } from './oauth-server.js';
import { AuthorizationCodeGrant } from './token/authorization-code.grant.js';
import { ClientSessionContributor } from './userinfo/client-session.contributor.js';
import { RefreshTokenGrant } from './token/refresh-token.grant.js';

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
    @Inject(OAUTH_PROVIDER_SETTINGS) settings: OAuthProviderSettings,
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
    const longest = Math.max(settings.idTokenTtlSeconds, settings.accessTtlSeconds);
    keys.want(settings.accessTokenAlgorithm, longest);
    for (const algorithm of settings.idTokenAlgorithms) keys.want(algorithm, longest, { exact: true });
  }
}
