import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { ACCESS_TOKEN_TYPE, JwtCodec, looksLikeJwt } from '../../common/keys/jwt.codec.js';
import type { ClientTokenRow } from '../../common/tokens/token.rows.js';
import { isWellFormedToken, TOKEN_PREFIX } from '../../common/tokens/token-format.js';
import { TokenStore } from '../../common/tokens/token.store.js';
import { ClientDirectory } from '../clients/client.directory.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { SubjectIdentifiers } from '../claims/subject-identifiers.js';
import { activeAnswer, INACTIVE, type IntrospectionAnswer } from './introspection.answer.js';

/** Wide, because the token's row decides whether it has expired. */
const LEEWAY_SECONDS = 60;

/** Introspection (RFC 7662): agrees with the guard, and answers only clients that may know the token. One statement. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly tokens: TokenStore,
    private readonly codec: JwtCodec,
    private readonly directory: ClientDirectory,
    private readonly identifiers: SubjectIdentifiers,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @param asking the authenticated client that asks */
  async introspect(asking: RegisteredClient, token: string): Promise<IntrospectionAnswer> {
    if (!(await this.isGenuine(token))) return INACTIVE;
    const row = await this.tokens.findOfClient(digestToBytes(sha256(token)));
    if (!row?.live || !this.mayKnow(asking, row)) return INACTIVE;
    const holder = row.client_id === asking.clientId ? asking : await this.directory.find(row.client_id);
    // T088: tokens of a disabled client are not valid.
    if (!holder) return INACTIVE;
    return activeAnswer(row, this.identifiers.of(holder, row.subject), this.settings.issuer);
  }

  /** Checks shape and checksum; of a JWT also the signature (RFC 7662 4), whose key may have been withdrawn. No statement. */
  private async isGenuine(token: string): Promise<boolean> {
    if (!looksLikeJwt(token))
      return isWellFormedToken(token, TOKEN_PREFIX.access) || isWellFormedToken(token, TOKEN_PREFIX.refresh);
    try {
      await this.codec.verify(token, {
        type: ACCESS_TOKEN_TYPE,
        issuer: this.settings.issuer,
        leewaySeconds: LEEWAY_SECONDS,
      });
      return true;
    } catch (error) {
      if (error instanceof AuthError && error.status === 401) return false;
      throw error;
    }
  }

  /**
   * T087: the client that holds the token; of an access token also its audience: a client whose id is in the audience, or whose policy
   * names a resource in it.
   */
  private mayKnow(asking: RegisteredClient, { client_id: holder, kind, audience }: ClientTokenRow): boolean {
    if (holder === asking.clientId) return true;
    const own = [asking.clientId, ...(asking.policy.resources ?? [])];
    return kind === 'access' && audience.some((one) => own.includes(one));
  }
}
