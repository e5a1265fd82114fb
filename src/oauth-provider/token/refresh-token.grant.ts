import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Grant, GrantRequest } from '../../common/grants/grant.js';
import type { Client, TokenResponse } from '../../common/host/authorization-server.js';
import { isSubset, parseScope } from '../../common/principal/scopes.js';
import type { IssuedTokens, RefreshRefusal } from '../../common/tokens/issued-tokens.js';
import { TokenIssuer } from '../../common/tokens/token.issuer.js';
import type { RegisteredClient } from '../clients/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { reachableResources } from './client-resources.js';
import { ClientTokens, toResponse, type GrantContext } from './client-tokens.js';
import { IdTokens } from './id-tokens.js';

/** RFC 6749 6, with rotation (RFC 9700 4.14). */
@Injectable()
export class RefreshTokenGrant implements Grant {
  readonly grantType = 'refresh_token';
  readonly parameters = ['refresh_token', 'scope'];

  constructor(
    private readonly issuer: TokenIssuer,
    private readonly tokens: ClientTokens,
    private readonly idTokens: IdTokens,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async handle({ client, parameters, resources }: GrantRequest): Promise<TokenResponse> {
    const { refresh_token: refreshToken, scope } = parameters;
    if (refreshToken === undefined) throw AuthError.invalidRequest('refresh_token is missing');
    const scopes = scope === undefined ? undefined : parseScope(scope);
    if (scopes === null) throw refusal('scope');
    const asked = {
      refreshToken,
      ...(scopes && { scopes }),
      ...(resources.length > 0 && { audience: [...new Set(resources)] }),
    };
    const outcome = await this.issuer.refresh({
      ...asked,
      clientId: client.clientId,
      mayReach: ({ scopes: granted, audience }) => this.mayReach(client, audience, granted),
      fit: (reach) => this.tokens.fit(reach),
      accessTtlSeconds: (audience) => this.tokens.accessTtlOf(audience),
      mintAccessToken: await this.tokens.refresher(client, asked),
    });
    if (!outcome.ok) throw refusal(outcome.reason);
    return toResponse(outcome.tokens, await this.idToken(client, outcome.tokens));
  }

  private mayReach(client: Client, resources: readonly string[], scopes: readonly string[]): boolean {
    const reachable = reachableResources(client as RegisteredClient, scopes, this.settings);
    return isSubset(resources, new Set(reachable));
  }

  /**
   * OIDC Core 12.2: about the same sign-in. After the commit: should signing fail, the refresh token is presented again and gets
   * the same successors.
   */
  private async idToken(client: Client, issued: IssuedTokens): Promise<string | undefined> {
    if (!issued.scopes.includes('openid')) return undefined;
    const { claims, acr, amr } = (issued.context ?? {}) as GrantContext;
    const { subjectId, sessionId, scopes, authenticatedAt } = issued;
    const grant = {
      client,
      subjectId,
      sessionId,
      scopes,
      authenticatedAt,
      claims: claims ?? null,
      acr: acr ?? null,
      amr: amr ?? [],
    };
    return this.idTokens.sign({ ...grant, nonce: null }, issued.accessToken);
  }
}

/** One answer for whatever is wrong with the token; what is wrong with the request is told (T083). */
function refusal(reason: RefreshRefusal): AuthError {
  if (reason === 'scope') return AuthError.oauth('invalid_scope', 'The scope is malformed or more than was granted');
  if (reason === 'audience') return AuthError.oauth('invalid_target', 'A resource was not granted');
  return AuthError.invalidGrant(`refresh token: ${reason}`);
}
