import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { constantTimeEqual, digestToBytes, sha256 } from '../../common/crypto.js';
import type { ClientAuthMethod } from '../../common/ports/authorization-server.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { isWellFormedToken, mintToken } from '../../common/tokens/token-format.js';
import { clientSecretContext } from './client-secret.js';
import type { ClientRow, StoredSecret } from './client.store.js';

/** Prefixes tell the secrets of this capability apart, also from tokens (T041). */
const PREFIX = { secret: 'nacs', registration: 'nrat', initialAccess: 'nait' } as const;

/** How a method's secret is stored: an HMAC key is needed again, so it is encrypted; others are only compared (T098). */
export type SecretKind = 'none' | 'hashed' | 'sealed';

export function secretKindOf(method: ClientAuthMethod): SecretKind {
  if (method === 'client_secret_jwt') return 'sealed';
  return method === 'client_secret_basic' || method === 'client_secret_post' ? 'hashed' : 'none';
}

/** Makes, stores and compares secrets of clients. Each is shown once, when it is made. */
@Injectable()
export class ClientSecrets {
  constructor(private readonly box: SecretBox) {}

  mint(): string {
    return mintToken(PREFIX.secret);
  }

  mintRegistrationToken(): string {
    return mintToken(PREFIX.registration);
  }

  mintInitialAccessToken(): string {
    return mintToken(PREFIX.initialAccess);
  }

  isInitialAccessToken(text: string): boolean {
    return isWellFormedToken(text, PREFIX.initialAccess);
  }

  isRegistrationToken(text: string): boolean {
    return isWellFormedToken(text, PREFIX.registration);
  }

  /** @param lifetimeSeconds null: no end */
  keep(clientId: string, method: ClientAuthMethod, secret: string, lifetimeSeconds: number | null): StoredSecret {
    if (secretKindOf(method) === 'sealed')
      return { hash: null, box: this.box.seal(secret, clientSecretContext(clientId)), lifetimeSeconds };
    return { hash: digest(secret), box: null, lifetimeSeconds };
  }

  isCurrent(row: ClientRow, secret: string): boolean {
    if (row.secret_hash) return timingSafeEqual(row.secret_hash, digest(secret));
    const sealed = row.secret_box && this.box.open(row.secret_box, clientSecretContext(row.client_id));
    return sealed !== null && constantTimeEqual(sealed, secret);
  }
}

/** The stored form of a secret or token. */
export function digest(secret: string): Buffer {
  return digestToBytes(sha256(secret));
}
