import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import type {
  ClaimsRequest,
  TokenOrder,
  PreparedTokens,
  TokenResponse,
} from '../../common/ports/authorization-server.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { invalidProof } from '../../common/dpop/dpop.errors.js';
import { tokenTypeOf, type Confirmation } from '../../common/principal/confirmation.js';
import { formatScope } from '../../common/principal/scopes.js';
import { isOwnToken, type IssuedTokens, type TokenGrant, type TokenReach } from '../../common/tokens/issued-tokens.js';
import type { SignInFacts } from '../../common/tokens/sign-in-facts.js';
import { TokenIssuer } from '../../common/tokens/token.issuer.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { ClientSessions } from '../logout/client-sessions.js';
import { OAUTH_PROVIDER_SETTINGS, OPENID_SCOPES, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { IdTokens } from '../id-tokens/id-tokens.js';
import { AccessTokenMinter } from './access-token.minter.js';
import { TokenHolders } from './token-holders.js';

/** What a token family keeps of its grant: userinfo, and ID tokens after a refresh, need it. */
export interface GrantContext extends SignInFacts {
  readonly claims?: ClaimsRequest;
}

/** Makes all tokens of clients, through the kernel's one `TokenIssuer`. */
@Injectable()
export class ClientTokens {
  constructor(
    private readonly issuer: TokenIssuer,
    private readonly holders: TokenHolders,
    private readonly idTokens: IdTokens,
    private readonly clientSessions: ClientSessions,
    private readonly minter: AccessTokenMinter,
    private readonly clock: Clock,
    private readonly routes: AuthRoutes,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @see AuthorizationServer.prepare */
  async prepare(order: TokenOrder<RegisteredClient>): Promise<PreparedTokens> {
    const { client } = order;
    const access = this.fit({ scopes: order.scopes, audience: order.accessResources ?? order.resources });
    const { confirmation } = order.sender;
    this.requireBound(access.audience, confirmation);
    const refreshes =
      order.refreshable && order.scopes.includes('offline_access') && client.grantTypes.has('refresh_token');
    const refreshTtlSeconds = refreshes ? this.settings.refreshTtlSeconds : null;
    // T040: no token outlives its family, and a JWT carries its own expiry.
    const ttl = Math.min(
      this.accessTtlOf(access.audience),
      refreshTtlSeconds ?? Infinity,
      this.secondsUntil(order.expiresBy),
    );
    // T084: with `offline_access` the tokens outlive the user's session.
    const sessionId = refreshes ? null : order.sessionId;
    const grant: TokenGrant = {
      subjectId: order.subjectId,
      subjectKind: order.subjectKind,
      clientId: client.clientId,
      sessionId,
      source: order.source,
      sourceId: order.sourceId,
      familyId: order.joins ?? null,
      actor: order.actor ?? null,
      scopes: order.scopes,
      audience: this.audienceOf(order.scopes, order.resources),
      access,
      authenticatedAt: order.authenticatedAt,
      context: contextOf(order),
      // RFC 9449 5: a client that proves itself may change its key; the refresh tokens of one that does not are worth nothing without it.
      confirmation: confirmation && { access: confirmation, bindsRefresh: client.isPublic },
      accessTtlSeconds: ttl,
      refreshTtlSeconds,
      refreshIdleSeconds: this.settings.refreshIdleSeconds,
    };
    const isOwn = isOwnToken(grant);
    const accessToken = await this.minter.mint(client, { ...order, ...access, confirmation, sessionId, isOwn }, ttl);
    const idToken = order.scopes.includes('openid') ? await this.idTokens.sign(order, accessToken.text) : undefined;
    // Last: what is refused before costs no proof.
    await order.sender.spend();
    return this.prepared(order, { ...grant, accessToken }, idToken);
  }

  private prepared(
    order: TokenOrder<RegisteredClient>,
    grant: TokenGrant,
    idToken: string | undefined,
  ): PreparedTokens {
    const holder = this.holders.partOf(order);
    const holdsFirst = !order.joins && this.holders.mustHoldFirst(order);
    const notes = idToken !== undefined && this.clientSessions.mustNote(order);
    const { holders, issuer, clientSessions } = this;
    async function store(tx: Transaction): Promise<TokenResponse>;
    async function store(tx: Transaction, spend: StatementPart): Promise<TokenResponse | null>;
    async function store(tx: Transaction, spend?: StatementPart): Promise<TokenResponse | null> {
      if (holdsFirst) await holders.hold(tx, order);
      const tokens = await issuer.issue(tx, grant, { holder, spend });
      if (tokens === null) return null;
      if (notes) await clientSessions.note(tx, order);
      return toResponse(tokens, idToken);
    }
    return { isOneStatement: !holdsFirst && !notes, store };
  }

  /** @throws AuthError 400 `invalid_dpop_proof` when a resource takes only tokens that are bound to a key, and none is proven */
  requireBound(audience: readonly string[], confirmation: Confirmation | null): void {
    const isRequired = audience.some((one) => this.settings.resources.find(one)?.isDpopRequired);
    if (isRequired && !(confirmation && 'jkt' in confirmation))
      throw invalidProof('a resource takes only tokens that are bound to a key');
  }

  /** Seconds; the shortest lifetime that the resources or the server set. */
  accessTtlOf(resources: readonly string[]): number {
    const own = resources.flatMap((one) => this.settings.resources.find(one)?.accessTtlSeconds ?? []);
    return Math.min(this.settings.accessTtlSeconds, ...own);
  }

  /**
   * RFC 8707 2.2: a token for resources keeps the scopes that they accept, and those of OpenID Connect, which are for userinfo.
   * @param reach its audience lists resources, with or without userinfo
   */
  fit({ scopes, audience }: TokenReach): TokenReach {
    const resources = audience.filter((one) => one !== this.userinfoUrl);
    if (resources.length === 0) return { scopes, audience };
    const taken = resources.map((one) => this.settings.resources.find(one)?.scopes ?? null);
    const fits = (scope: string) => isOpenIdScope(scope) || taken.some((some) => some === null || some.has(scope));
    return { scopes: scopes.filter(fits), audience: this.audienceOf(scopes, resources) };
  }

  /** RFC 8707: empty means this server. With `openid` userinfo accepts the token as well. */
  private audienceOf(scopes: readonly string[], resources: readonly string[]): string[] {
    if (resources.length === 0) return [];
    return [...resources, ...(scopes.includes('openid') ? [this.userinfoUrl] : [])];
  }

  private secondsUntil(time: Date | null | undefined): number {
    return time ? Math.max(1, Math.floor((time.getTime() - this.clock.now().getTime()) / 1000)) : Infinity;
  }

  get userinfoUrl(): string {
    return this.routes.urlOf('/oauth2/userinfo');
  }
}

/** @returns null when there is nothing to keep */
function contextOf({ claims, signIn }: TokenOrder): Record<string, unknown> | null {
  const context: GrantContext = { ...signIn, ...(claims && { claims }) };
  return Object.keys(context).length > 0 ? { ...context } : null;
}

function isOpenIdScope(scope: string): boolean {
  return (OPENID_SCOPES as readonly string[]).includes(scope);
}

/** RFC 6749 5.1. Always with `scope`, since it may be less than was asked for. */
export function toResponse(issued: IssuedTokens, idToken: string | undefined): TokenResponse {
  return {
    access_token: issued.accessToken,
    token_type: tokenTypeOf(issued.confirmation),
    expires_in: issued.accessTokenRemainingSeconds,
    expires_at: Math.floor(issued.accessTokenExpiresAt.getTime() / 1000),
    scope: formatScope(issued.scopes),
    ...(issued.refreshToken !== null && { refresh_token: issued.refreshToken }),
    ...(idToken !== undefined && { id_token: idToken }),
  };
}
