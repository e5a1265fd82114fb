import { Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { Database } from '../../common/database/database.js';
import { looksLikeJwt } from '../../common/keys/jwt.codec.js';
import { isWellFormedToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { TokenStore } from '../../common/tokens/token.store.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';

const REASON = 'revoked by its client';

/** Ends tokens at the wish of the client that holds them (RFC 7009), in every process. */
@Injectable()
export class RevocationService {
  constructor(
    private readonly database: Database,
    private readonly tokens: TokenStore,
    private readonly revoker: TokenRevoker,
  ) {}

  /**
   * A refresh token ends with all that came from the same grant; also one that was rotated, since its client wants the grant gone. An access
   * token ends alone, and with its grant when nothing could come of that any more. What is unknown, or another client's, stays as it is.
   */
  async revoke(client: RegisteredClient, token: string): Promise<void> {
    if (!isShapedLikeToken(token)) return;
    await this.database.transaction(async (tx) => {
      const found = await this.tokens.findOfClient(digestToBytes(sha256(token)), tx);
      if (found?.client_id !== client.clientId) return;
      if (found.kind === 'access' && found.refreshable) await this.revoker.revokeAccess(tx, found.id, REASON);
      else await this.revoker.revoke(tx, { familyId: found.family_id }, REASON);
    });
  }
}

/** Garbage costs no statement. A JWT is found by its text: one that was changed is another, and unknown. */
function isShapedLikeToken(token: string): boolean {
  return (
    looksLikeJwt(token) ||
    isWellFormedToken(token, TOKEN_PREFIX.access) ||
    isWellFormedToken(token, TOKEN_PREFIX.refresh)
  );
}
