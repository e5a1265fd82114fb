import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Grant, GrantRequest } from '../../common/grants/grant.js';
import type { TokenResponse } from '../../common/ports/authorization-server.js';
import { isSubset, parseScope } from '../../common/principal/scopes.js';
import { isSameConfirmation, type Confirmation } from '../../common/principal/confirmation.js';
import type { IssuedTokens, TokenReach } from '../../common/tokens/issued-tokens.js';
import { isRefreshToken } from '../../common/tokens/token-format.js';
import type { PresentedRefreshToken } from '../../common/tokens/token.rows.js';
import { TokenIssuer } from '../../common/tokens/token.issuer.js';
import { refusedRefresh } from '../../common/tokens/token.parts.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { reachableResources } from './client-resources.js';
import { AccessTokenMinter } from './access-token.minter.js';
import { ClientTokens, toResponse, type GrantContext } from './client-tokens.js';
import { IdTokens } from '../id-tokens/id-tokens.js';

/** What a client asks for when it refreshes. An absent member means all that was granted. */
interface RefreshWish extends Partial<TokenReach> {
  readonly refreshToken: string;
}

/** RFC 6749 6, with rotation (RFC 9700 4.14). */
@Injectable()
export class RefreshTokenGrant implements Grant<RegisteredClient> {
  readonly grantType = 'refresh_token';
  readonly isForUsers = true;
  readonly parameters = ['refresh_token', 'scope'];

  constructor(
    private readonly issuer: TokenIssuer,
    private readonly tokens: ClientTokens,
    private readonly minter: AccessTokenMinter,
    private readonly idTokens: IdTokens,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async handle({ client, parameters, resources, sender }: GrantRequest<RegisteredClient>): Promise<TokenResponse> {
    const wish = wishOf(parameters, resources);
    // A malformed token costs no statement (T020).
    if (!isRefreshToken(wish.refreshToken, this.settings.legacyCredentials)) throw refusedRefresh('malformed');
    const presented = await this.issuer.present(wish.refreshToken, client.clientId);
    requireHolder(presented, sender.confirmation);
    const reach = this.tokens.fit(this.narrowed(presented, wish, client));
    const { confirmation } = sender;
    this.tokens.requireBound(reach.audience, confirmation);
    const accessTtlSeconds = this.tokens.accessTtlOf(reach.audience);
    const { subject: subjectId, session_id: sessionId, authenticated_at: authenticatedAt } = presented;
    const signIn = (presented.context ?? {}) as GrantContext;
    const grant = { subjectId, sessionId, authenticatedAt, signIn, confirmation, ...reach };
    // A JWT carries its own expiry: it must not be later than that of the family (T040).
    const signedTtlSeconds = Math.min(accessTtlSeconds, presented.family_remaining_seconds);
    const mint = () => this.minter.mint(client, grant, signedTtlSeconds);
    const access = {
      ...reach,
      confirmation,
      accessTtlSeconds,
      mint,
      refreshIdleSeconds: this.settings.refreshIdleSeconds,
    };
    await sender.spend();
    const issued = client.rules.rotatesRefreshTokens
      ? await this.issuer.rotate(presented, access)
      : await this.issuer.renew(presented, wish.refreshToken, access);
    requireSameRequest(issued, reach);
    return toResponse(issued, await this.idToken(client, issued));
  }

  /** RFC 6749 6, RFC 8707 2.2: a subset of the grant. If no resource was granted, any that the client may use with these scopes. */
  private narrowed(granted: TokenReach, asked: Partial<TokenReach>, client: RegisteredClient): TokenReach {
    const { scopes = granted.scopes, audience = granted.audience } = asked;
    if (!isSubset(scopes, new Set(granted.scopes))) throw beyondScope();
    const reachable =
      granted.audience.length > 0 ? granted.audience : reachableResources(client, scopes, this.settings);
    if (!isSubset(audience, new Set(reachable))) throw beyondResources();
    return { scopes, audience };
  }

  /**
   * OIDC Core 12.2: for the same sign-in. Signed after the commit: if signing fails, the client can present the refresh token again and
   * gets the same successors.
   */
  private async idToken(client: RegisteredClient, issued: IssuedTokens): Promise<string | undefined> {
    if (!issued.scopes.includes('openid')) return undefined;
    const context = (issued.context ?? {}) as GrantContext;
    const { subjectId, sessionId, scopes, authenticatedAt, accessToken } = issued;
    const grant = {
      claims: context.claims ?? null,
      signIn: context,
      nonce: null,
      client,
      subjectId,
      sessionId,
      scopes,
      authenticatedAt,
    };
    return this.idTokens.sign(grant, accessToken);
  }
}

/** RFC 9449 5, RFC 8705 7.1: what a public client has got is good with its key only. One that proves itself may have changed its key. */
function requireHolder({ confirmation: bound }: PresentedRefreshToken, proved: Confirmation | null): void {
  if (bound !== null && !isSameConfirmation(bound, proved)) throw refusedRefresh('other_key');
}

function wishOf(parameters: GrantRequest['parameters'], resources: readonly string[]): RefreshWish {
  const { refresh_token: refreshToken, scope } = parameters;
  if (refreshToken === undefined) throw AuthError.invalidRequest('refresh_token is missing');
  const scopes = scope === undefined ? undefined : parseScope(scope);
  if (scopes === null) throw beyondScope();
  return { refreshToken, scopes, audience: resources.length > 0 ? [...new Set(resources)] : undefined };
}

/** A different request with the same token is not a retry. It is refused; inside the replay window it does not count as theft. */
function requireSameRequest(issued: TokenReach, asked: TokenReach): void {
  if (!sameMembers(issued.scopes, asked.scopes)) throw beyondScope();
  if (!sameMembers(issued.audience, asked.audience)) throw beyondResources();
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && isSubset(left, new Set(right));
}

// The client learns what is wrong with its request, never what is wrong with the token (T083).
function beyondScope(): AuthError {
  return AuthError.oauth('invalid_scope', 'The scope is malformed or more than was granted');
}

function beyondResources(): AuthError {
  return AuthError.oauth('invalid_target', 'A resource was not granted');
}
