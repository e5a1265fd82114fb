import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { TOKEN_TYPES, type SubjectToken, type SubjectTokenReader } from '../../common/ports/subject-token.js';
import { readActor } from '../../common/principal/actor.js';
import type { SignInFacts } from '../../common/tokens/sign-in-facts.js';
import { isRefreshToken } from '../../common/tokens/token-format.js';
import { TokenStore } from '../../common/tokens/token.store.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';

/**
 * Refresh tokens as subject tokens, for their own client: good as at a refresh, and not rotated by it. One that was rotated before is refused,
 * and ends nothing: this is no refresh. What it stands for is all that was granted, so it buys no access tokens of another service.
 */
@Injectable()
export class RefreshTokenSubjects implements SubjectTokenReader {
  readonly tokenType = TOKEN_TYPES.refreshToken;

  constructor(
    private readonly tokens: TokenStore,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  async read(token: string, client: RegisteredClient): Promise<SubjectToken | null> {
    if (!isRefreshToken(token, this.settings.legacyCredentials)) return null;
    const row = await this.tokens.findRefresh(digestToBytes(sha256(token)), false);
    if (!row || row.client_id !== client.clientId || row.family_ended || row.expired || row.spent) return null;
    const { acr, amr, roles, act }: SignInFacts = row.context ?? {};
    return {
      tokenType: TOKEN_TYPES.refreshToken,
      subjectId: row.subject,
      subjectKind: 'user',
      clientId: row.client_id,
      audience: row.audience,
      scopes: row.scopes,
      expiresAt: new Date(this.clock.now().getTime() + row.family_remaining_seconds * 1000),
      familyId: row.family_id,
      sessionId: row.session_id,
      sourceId: null,
      actor: readActor(act),
      mayAct: null,
      authenticatedAt: row.authenticated_at,
      signIn: { ...(acr !== undefined && { acr }), ...(amr && { amr }), ...(roles && { roles }) },
      confirmation: row.confirmation,
      holding: null,
    };
  }
}
