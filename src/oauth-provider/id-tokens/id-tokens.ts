import { Inject, Injectable } from '@nestjs/common';
import type { TokenOrder } from '../../common/ports/authorization-server.js';
import { JwtCodec } from '../../common/keys/jwt.codec.js';
import { RESERVED_CLAIMS } from '../../common/keys/reserved-claims.js';
import type { SigningAlgorithm } from '../../common/keys/signing-algorithm.js';
import { answerAlgorithm } from '../clients/metadata/answer-algorithm.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { UserClaims } from '../claims/user-claims.js';
import { CustomClaims } from '../claims/custom-claims.js';
import { idTokenClaims } from './id-token.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';

export const ID_TOKEN_TYPE = 'JWT';

/** Limit for claims about the user, in bytes of JSON: even with the longest nonce, the token stays within our limit for JWTs. */
const MAX_USER_CLAIM_BYTES = 2_048;

/** What an ID token takes from a token order. */
export type IdTokenGrant = Pick<
  TokenOrder<RegisteredClient>,
  'client' | 'subjectId' | 'sessionId' | 'scopes' | 'authenticatedAt' | 'nonce' | 'claims' | 'signIn'
>;

/** Signs ID tokens (OIDC Core 2, 3.1.3.3), each with the algorithm its client has registered. */
@Injectable()
export class IdTokens {
  constructor(
    private readonly codec: JwtCodec,
    private readonly identifiers: SubjectIdentifiers,
    private readonly userClaims: UserClaims,
    private readonly customClaims: CustomClaims,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async sign(grant: IdTokenGrant, accessToken: string | null): Promise<string> {
    const algorithm = this.algorithmOf(grant.client);
    const facts = {
      issuer: this.settings.issuer,
      clientId: grant.client.clientId,
      subject: this.identifiers.of(grant.client, grant.subjectId),
      authenticatedAt: grant.authenticatedAt,
      nonce: grant.nonce ?? null,
      acr: grant.signIn?.acr ?? null,
      amr: grant.signIn?.amr ?? [],
      sessionId: grant.sessionId,
      accessToken,
      userClaims: { ...(await this.userClaimsOf(grant)), ...(await this.customClaims.ofIdToken(grant)) },
    };
    return this.codec.sign({
      type: ID_TOKEN_TYPE,
      algorithm,
      lifetimeSeconds: this.settings.idTokenTtlSeconds,
      claims: idTokenClaims(facts, algorithm),
    });
  }

  /** Claims requested by name. Those of the scopes are in userinfo (OIDC Core 5.4), and here only for clients that do not call it. */
  private async userClaimsOf({ client, subjectId, scopes, claims }: IdTokenGrant): Promise<Record<string, unknown>> {
    const asked = Object.keys(claims?.id_token ?? {});
    const rule = client.metadata.id_token_claims ?? this.settings.idTokenClaims;
    const named = asked.length > 0 ? await this.userClaims.named(client, subjectId, asked) : {};
    const ofScopes = rule === 'scope' ? await this.userClaims.ofScopes(client, subjectId, scopes) : null;
    const all = Object.entries({ ...named, ...ofScopes });
    // Claims about the token are only ours to set, also where we leave them out.
    return fitting(Object.fromEntries(all.filter(([name]) => !RESERVED_CLAIMS.has(name))));
  }

  /** Signs everything for this client about its users. */
  algorithmOf(client: RegisteredClient): SigningAlgorithm {
    const { idTokenAlgorithms } = this.settings;
    return answerAlgorithm(client, 'id_token_signed_response_alg', idTokenAlgorithms);
  }
}

/** Keeps claims in the order requested while there is room. Leaving one out is not an error (OIDC Core 5.5.1); userinfo has room for it. */
function fitting(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  let room = MAX_USER_CLAIM_BYTES;
  const fits = ([name, value]: [string, unknown]) => {
    const size = Buffer.byteLength(JSON.stringify({ [name]: value }));
    if (size > room) return false;
    room -= size;
    return true;
  };
  return Object.fromEntries(Object.entries(claims).filter(fits));
}
