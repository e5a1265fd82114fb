import { Inject, Injectable } from '@nestjs/common';
import { JwtCodec } from '../../common/keys/jwt.codec.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { IdTokens } from '../id-tokens/id-tokens.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import { newId } from '../../common/new-id.js';

/** `typ` of logout tokens (OIDC Back-Channel Logout 2.4): tells them from ID tokens. */
export const LOGOUT_TOKEN_TYPE = 'logout+jwt';
/** The member of `events` that makes it a logout token (OIDC Back-Channel Logout 2.4). */
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const LIFETIME_SECONDS = 120;

/** Signs logout tokens (OIDC Back-Channel Logout 2.4): a new one for each attempt, with the algorithm of the client's ID tokens. */
@Injectable()
export class LogoutTokens {
  constructor(
    private readonly codec: JwtCodec,
    private readonly idTokens: IdTokens,
    private readonly identifiers: SubjectIdentifiers,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @throws AuthError 503 without keys */
  sign(client: RegisteredClient, subjectId: string, sessionId: string): Promise<string> {
    return this.codec.sign({
      type: LOGOUT_TOKEN_TYPE,
      algorithm: this.idTokens.algorithmOf(client),
      lifetimeSeconds: LIFETIME_SECONDS,
      claims: {
        iss: this.settings.issuer,
        sub: this.identifiers.of(client, subjectId),
        aud: client.clientId,
        jti: newId(),
        sid: sessionId,
        events: { [LOGOUT_EVENT]: {} },
      },
    });
  }
}
