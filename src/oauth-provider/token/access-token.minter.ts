import { Inject, Injectable } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import { Clock } from '../../common/clock.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { ACCESS_TOKEN_TYPE, JwtCodec, type JwtSigner } from '../../common/keys/jwt.codec.js';
import { newId } from '../../common/new-id.js';
import type { ActClaim } from '../../common/principal/actor.js';
import type { Confirmation } from '../../common/principal/confirmation.js';
import { formatScope } from '../../common/principal/scopes.js';
import type { MintedToken, TokenReach } from '../../common/tokens/issued-tokens.js';
import { CLIENT_EPOCH } from '../../common/tokens/own-jwt.js';
import type { SignInFacts } from '../../common/tokens/sign-in-facts.js';
import { mintAccessToken } from '../../common/tokens/token.parts.js';
import { CustomClaims } from '../claims/custom-claims.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/** What an access token will say. */
interface AccessGrant extends TokenReach {
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly authenticatedAt: Date | null;
  /** What it tells of the sign-in. */
  readonly signIn?: SignInFacts | undefined;
  readonly confirmation: Confirmation | null;
  /** Who acts for the subject. Default: whom the sign-in tells. */
  readonly actor?: ActClaim | null;
  /** It is the client's own, and gets no row as a JWT (ADR 15). Default false. */
  readonly isOwn?: boolean;
}

interface JwtToMint {
  readonly sign: JwtSigner;
  readonly client: RegisteredClient;
  readonly grant: AccessGrant;
  readonly ttlSeconds: number;
  /** Claims of the host; none of them reserved. */
  readonly custom: Readonly<Record<string, unknown>>;
}

/** Makes the texts of access tokens; opaque ones, or JWTs that are signed. */
@Injectable()
export class AccessTokenMinter {
  constructor(
    private readonly customClaims: CustomClaims,
    private readonly codec: JwtCodec,
    private readonly clock: Clock,
    private readonly identifiers: SubjectIdentifiers,
    private readonly routes: AuthRoutes,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** The access token of a grant or a refresh. It may read and sign, so no transaction may be open (T118). */
  async mint(client: RegisteredClient, grant: AccessGrant, ttlSeconds: number): Promise<MintedToken> {
    if (!this.isJwt(client, grant.audience)) return mintAccessToken();
    const sign = await this.codec.signer(this.settings.accessTokenAlgorithm);
    return this.mintJwt({ sign, client, grant, ttlSeconds, custom: await this.customOf(client, grant) });
  }

  private isJwt(client: RegisteredClient, audience: readonly string[]): boolean {
    const ofResources = audience.flatMap((one) => this.settings.resources.find(one)?.accessTokenFormat ?? []);
    const format = ofResources[0] ?? client.policy.accessTokenFormat ?? this.settings.accessTokenFormat;
    return format === 'jwt';
  }

  /** RFC 9068 2.2. `jti` is the id of its row, which says whether it was revoked; a client's own token has none (ADR 15). */
  private async mintJwt({ sign, client, grant, ttlSeconds, custom }: JwtToMint): Promise<MintedToken> {
    const id = newId();
    const issuedAt = this.clock.epochSeconds();
    const audience = grant.audience.length > 0 ? [...grant.audience] : [this.settings.issuer];
    const claims: JWTPayload = {
      // The host's own `roles` go before those of the user directory.
      ...(grant.signIn?.roles && { roles: grant.signIn.roles }),
      ...custom,
      iss: this.settings.issuer,
      sub: this.identifiers.of(client, grant.subjectId),
      aud: audience.length === 1 ? audience[0]! : audience,
      jti: id,
      client_id: client.clientId,
      // better-auth's resource servers read `azp`.
      azp: client.clientId,
      ...(grant.scopes.length > 0 && { scope: formatScope(grant.scopes) }),
      ...(grant.sessionId !== null && { sid: grant.sessionId }),
      ...(grant.authenticatedAt && { auth_time: Math.floor(grant.authenticatedAt.getTime() / 1000) }),
      acr: grant.signIn?.acr,
      amr: grant.signIn?.amr,
      act: grant.actor ?? grant.signIn?.act,
      ...(grant.confirmation && { cnf: grant.confirmation }),
      ...(grant.isOwn && { [CLIENT_EPOCH]: client.epoch }),
    };
    const text = await sign({ type: ACCESS_TOKEN_TYPE, lifetimeSeconds: ttlSeconds, issuedAt, claims });
    return { id, text, ...(grant.isOwn && { expiresAt: new Date((issuedAt + ttlSeconds) * 1000) }) };
  }

  private customOf(
    client: RegisteredClient,
    { subjectId, scopes, audience }: Pick<AccessGrant, 'subjectId' | 'scopes' | 'audience'>,
  ): Promise<Record<string, unknown>> {
    const userinfo = this.routes.urlOf('/oauth2/userinfo');
    const resources = audience.filter((one) => one !== userinfo);
    return this.customClaims.ofAccessToken({ client, subjectId, scopes, resources });
  }
}
