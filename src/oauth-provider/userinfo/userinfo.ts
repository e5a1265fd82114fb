import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { BearerAuthenticator } from '../../common/guards/bearer.authenticator.js';
import { HttpReply } from '../../common/http/request/reply.js';
import { contextOf } from '../../common/http/request/request-context.js';
import { JwtCodec } from '../../common/keys/jwt.codec.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import type { AccessTokenRow } from '../../common/tokens/token.rows.js';
import { TokenStore } from '../../common/tokens/token.store.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { answerAlgorithm } from '../clients/metadata/answer-algorithm.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientTokens, type GrantContext } from '../token/client-tokens.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import { presentedToken, type UserinfoRequest } from './presented-token.js';
import { UserClaims } from '../claims/user-claims.js';

/** Credential types of the bearer scheme that are access tokens. */
const ACCESS_TOKENS: ReadonlySet<string> = new Set(['access_token', 'jwt']);
const USERINFO_TYPE = 'JWT';

/** A live access token, with the client that holds it. */
interface UserinfoGrant {
  readonly client: RegisteredClient;
  readonly token: AccessTokenRow;
}

/** Userinfo (OIDC Core 5.3): claims about the user, for the client that holds the access token. */
@Injectable()
export class Userinfo {
  constructor(
    private readonly bearer: BearerAuthenticator,
    private readonly tokens: TokenStore,
    private readonly clientTokens: ClientTokens,
    private readonly directory: ClientDirectory,
    private readonly userClaims: UserClaims,
    private readonly identifiers: SubjectIdentifiers,
    private readonly codec: JwtCodec,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * @returns JSON, or a JWT for a client that registered `userinfo_signed_response_alg`
   * @throws AuthError 400 `invalid_request`, 401 `invalid_token`, 403 `insufficient_scope` (RFC 6750 3.1)
   */
  async answer(request: UserinfoRequest): Promise<HttpReply> {
    const asked = contextOf(request.request);
    const principal = await this.bearer.authenticate(presentedToken(request, this.bearer), asked);
    this.requireMeant(principal);
    const grant = await this.grantOf(principal);
    const claims = await this.claimsOf(grant);
    await this.bearer.admit(principal, asked);
    if (grant.client.metadata.userinfo_signed_response_alg === undefined) return new HttpReply(claims);
    const signed = await this.codec.sign({
      type: USERINFO_TYPE,
      algorithm: answerAlgorithm(grant.client, 'userinfo_signed_response_alg', this.settings.idTokenAlgorithms),
      lifetimeSeconds: this.settings.idTokenTtlSeconds,
      claims: { ...claims, iss: this.settings.issuer, aud: grant.client.clientId },
    });
    return new HttpReply(signed).header('Content-Type', 'application/jwt');
  }

  private requireMeant(principal: AuthPrincipal): void {
    const { audience } = principal;
    if (principal.issuer !== null || !ACCESS_TOKENS.has(principal.credentialType))
      throw AuthError.invalidToken('not an access token of this server');
    const isMeant = [this.settings.issuer, this.clientTokens.userinfoUrl].some((one) => audience.includes(one));
    if (audience.length > 0 && !isMeant) throw AuthError.invalidToken('the token is not meant for userinfo');
    if (!principal.scopes.has('openid')) throw AuthError.insufficientScope(['openid']);
  }

  /** Reads what the credential cache does not keep. @throws AuthError 401 when the token, its user or its client has ended (T088) */
  private async grantOf({ kind, clientId, credentialId }: AuthPrincipal): Promise<UserinfoGrant> {
    // A token of a sign-in here belongs to no client: such callers use get-session.
    if (clientId === null) throw AuthError.insufficientScope(['openid']);
    if (kind !== 'user') throw AuthError.invalidToken('the token is not about a user');
    const [token, client] = await Promise.all([
      this.tokens.findAccessById(credentialId),
      this.directory.find(clientId),
    ]);
    if (!token || !client) throw AuthError.invalidToken('the token or its client has ended');
    return { client, token };
  }

  private async claimsOf({ client, token }: UserinfoGrant): Promise<Record<string, unknown>> {
    const ofScopes = await this.userClaims.ofScopes(client, token.subject, token.scopes);
    if (!ofScopes) throw AuthError.invalidToken('there is no such user');
    const asked = Object.keys((token.context as GrantContext | null)?.claims?.userinfo ?? {});
    const named = asked.length > 0 ? await this.userClaims.named(client, token.subject, asked) : {};
    return { ...ofScopes, ...named, sub: this.identifiers.of(client, token.subject) };
  }
}
