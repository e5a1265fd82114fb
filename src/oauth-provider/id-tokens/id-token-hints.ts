import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { JwtCodec, type VerifiedClaims } from '../../common/keys/jwt.codec.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ID_TOKEN_TYPE } from './id-tokens.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';

const LEEWAY_SECONDS = 60;

/** The user a client means, named by an ID token that we once issued to it (OIDC Core 3.1.2.1, RP-Initiated Logout 2). */
export interface IdTokenHint {
  /** The client that the token was issued to. */
  readonly client: RegisteredClient;
  /** The `sub` by which that client knows the user. */
  readonly subject: string;
  /** Null: it was issued outside a session. */
  readonly sessionId: string | null;
}

/** Reads ID tokens that come back as hints. They only say which user is meant, so an expired one is accepted. */
@Injectable()
export class IdTokenHints {
  constructor(
    private readonly codec: JwtCodec,
    private readonly directory: ClientDirectory,
    private readonly identifiers: SubjectIdentifiers,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @throws AuthError 400 `invalid_request` unless it is an ID token of ours for an existing client; 503 without signing keys */
  async read(text: string): Promise<IdTokenHint> {
    const { sub, sid, aud } = await this.claimsOf(text);
    const client = typeof aud === 'string' ? await this.directory.find(aud) : null;
    if (!client) throw refused('its client is unknown or disabled');
    return { client, subject: sub, sessionId: typeof sid === 'string' ? sid : null };
  }

  /** Whether the hint means this session of this user. */
  fits(hint: IdTokenHint, session: { readonly subjectId: string; readonly sessionId: string }): boolean {
    const isSession = hint.sessionId === null || hint.sessionId === session.sessionId;
    return isSession && this.identifiers.of(hint.client, session.subjectId) === hint.subject;
  }

  private async claimsOf(text: string): Promise<VerifiedClaims> {
    try {
      const { claims } = await this.codec.verify(text, {
        type: ID_TOKEN_TYPE,
        issuer: this.settings.issuer,
        leewaySeconds: LEEWAY_SECONDS,
        expired: 'tolerated',
      });
      return claims;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) throw refused(error.detail ?? error.description);
      throw error;
    }
  }
}

function refused(detail: string): AuthError {
  return AuthError.invalidRequest('The id_token_hint is no ID token of this server', `id_token_hint: ${detail}`);
}
