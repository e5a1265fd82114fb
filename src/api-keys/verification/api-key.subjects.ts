import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { TOKEN_TYPES, type SubjectToken, type SubjectTokenReader } from '../../common/ports/subject-token.js';
import { ApiKeyStore } from '../keys/api-key.store.js';
import { ApiKeyLimiter } from './api-key.limiter.js';
import type { ApiKeyState } from './api-key.state.js';
import { ApiKeyVerifier } from './api-key.verifier.js';

/**
 * API keys as subject tokens (RFC 8693 3). An exchange counts as one request with the key. A key that is good from some addresses only is
 * refused: where its holder is, the service that was shown it may say, and nobody can check.
 */
@Injectable()
export class ApiKeySubjects implements SubjectTokenReader {
  readonly tokenType = TOKEN_TYPES.apiKey;

  constructor(
    private readonly verifier: ApiKeyVerifier,
    private readonly limiter: ApiKeyLimiter,
    private readonly store: ApiKeyStore,
  ) {}

  async read(token: string): Promise<SubjectToken | null> {
    const found = await this.verifier.find(token, () => null);
    if (!found.ok) return null;
    const { principal, state } = found;
    return {
      tokenType: TOKEN_TYPES.apiKey,
      subjectId: principal.subjectId,
      subjectKind: principal.kind,
      clientId: null,
      audience: null,
      scopes: [...principal.scopes],
      expiresAt: principal.expiresAt,
      familyId: null,
      sessionId: null,
      sourceId: principal.credentialId,
      actor: principal.actor,
      mayAct: null,
      authenticatedAt: null,
      signIn: {},
      confirmation: null,
      holding: this.store.holding(principal.credentialId),
      spend: () => this.spend(state),
    };
  }

  private async spend(state: ApiKeyState): Promise<void> {
    try {
      await this.limiter.admit(state);
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) throw AuthError.invalidGrant('API key: it has ended');
      throw error;
    }
  }
}
