import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type {
  AuthorizationServer,
  PreparedTokens,
  PresentedClient,
  ScopeTexts,
  ShownDetail,
  TokenOrder,
} from '../../common/ports/authorization-server.js';
import type { PresentedProofs, SenderProof } from '../../common/ports/sender-proof.js';
import type { AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import { isSubset, parseScope } from '../../common/principal/scopes.js';
import type { Transaction } from '../../common/database/transaction.js';
import { readAuthorizationDetails } from '../authorization-details/read-authorization-details.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import { ConsentStore } from '../consent/consent.store.js';
import { ClientAuthenticator } from '../clients/authentication/client.authenticator.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { ClientOrigins } from '../clients/client.origins.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { allowedResources, defaultScopes, laterResources } from './client-resources.js';
import { ClientTokens } from './client-tokens.js';
import { senderOf } from './sender-rules.js';

/** What other capabilities see of this one: it fills the kernel's port. */
@Injectable()
export class OAuthServer implements AuthorizationServer<RegisteredClient> {
  constructor(
    private readonly directory: ClientDirectory,
    private readonly origins: ClientOrigins,
    private readonly authenticator: ClientAuthenticator,
    private readonly tokens: ClientTokens,
    private readonly consents: ConsentStore,
    private readonly identifiers: SubjectIdentifiers,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  get scopes(): ReadonlySet<string> {
    return this.settings.scopes;
  }

  get scopeTexts(): ScopeTexts {
    return this.settings.scopeTexts;
  }

  get resourceNames(): ReadonlyMap<string, string> {
    return this.settings.resources.names;
  }

  findClient(clientId: string): Promise<RegisteredClient | null> {
    return this.directory.find(clientId);
  }

  async isClientId(clientId: string): Promise<boolean> {
    return (await this.directory.find(clientId)) !== null || this.directory.isTaken(clientId);
  }

  allowsOrigin(origin: string): Promise<boolean> {
    return this.origins.allows(origin);
  }

  authenticateClient(presented: PresentedClient, begins?: 'begins'): Promise<RegisteredClient> {
    return this.authenticator.authenticate(presented, 'token', begins === undefined ? 'good' : 'current');
  }

  senderOf(client: RegisteredClient, presented: PresentedProofs, grantType: string): SenderProof {
    return senderOf(client.rules, presented, grantType);
  }

  scopesFor(
    client: RegisteredClient,
    asked: string | undefined,
    subjectKind: 'user' | 'client',
    resources: readonly string[] = [],
  ): string[] {
    const allowed = subjectKind === 'user' ? client.scopes : client.ownScopes;
    const byDefault = subjectKind === 'user' ? defaultScopes(client, resources, this.settings) : [...allowed];
    const scopes = asked === undefined ? byDefault : parseScope(asked);
    if (scopes && isSubset(scopes, allowed)) return scopes.filter((scope) => isOfUse(scope, client));
    throw AuthError.oauth('invalid_scope', 'The scope is malformed, unknown or not for this client');
  }

  resourcesFor(client: RegisteredClient, asked: readonly string[]): string[] {
    return allowedResources(client, asked, this.settings);
  }

  authorizationDetailsFor(
    client: RegisteredClient,
    asked: string | undefined,
  ): Promise<readonly AuthorizationDetail[]> {
    return readAuthorizationDetails(asked, client, this.settings.authorizationDetailTypes);
  }

  shownDetails(details: readonly AuthorizationDetail[]): ShownDetail[] {
    return details.flatMap((detail) => {
      const type = this.settings.authorizationDetailTypes.get(detail.type);
      return type ? [{ detail, title: type.title }] : [];
    });
  }

  laterResourcesFor(client: RegisteredClient, asked: readonly string[], scopes: readonly string[]): string[] {
    return laterResources(client, asked, scopes, this.settings);
  }

  subjectIn(sector: string | null, subjectId: string): string {
    return sector === null ? subjectId : this.identifiers.inSector(sector, subjectId);
  }

  async admitUser(client: RegisteredClient, subjectId: string, scopes: readonly string[]): Promise<void> {
    await this.settings.hooks.beforeAuthorization?.({ subjectId, client, scopes });
  }

  recordConsent(
    tx: Transaction,
    {
      client,
      subjectId,
      scopes,
      resources,
    }: Pick<TokenOrder<RegisteredClient>, 'client' | 'subjectId' | 'scopes' | 'resources'>,
  ): Promise<void> {
    return this.consents.grant(tx, subjectId, client, { scopes, resources, claims: [] });
  }

  prepare(order: TokenOrder<RegisteredClient>): Promise<PreparedTokens> {
    return this.tokens.prepare(order);
  }
}

/** OIDC Core 11: `offline_access` is ignored for a client that gets no refresh tokens; granting it would promise one. */
function isOfUse(scope: string, client: RegisteredClient): boolean {
  return scope !== 'offline_access' || client.grantTypes.has('refresh_token');
}
