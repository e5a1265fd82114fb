import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { ClientAuthMethod, PresentedClient } from '../../common/host/authorization-server.js';
import { ClientDirectory, type KnownClient } from './client-directory.js';
import type { ClientRow } from './client.store.js';
import type { RegisteredClient } from './registered-client.js';

/** Stands in for the secret of a client that there is not: the comparison takes as long (T081). */
const NOBODY = Buffer.alloc(32);

/** Proves clients (RFC 6749 2.3, RFC 7523, OIDC Core 9). */
@Injectable()
export class ClientAuthenticator {
  constructor(private readonly directory: ClientDirectory) {}

  /** @throws AuthError 401 `invalid_client`, one answer whatever the reason */
  async authenticate(presented: PresentedClient): Promise<RegisteredClient> {
    if (presented.method === 'client_assertion') throw AuthError.invalidClient('client assertions are not taken');
    const known = await this.directory.findWithSecrets(presented.clientId);
    const isProven = presented.method === 'none' || matchesSecret(known?.row ?? null, presented.secret);
    if (known && isProven && takes(known, presented.method)) return known.client;
    throw AuthError.invalidClient(
      known ? `client ${presented.clientId}: wrong secret or method ${presented.method}` : 'unknown client',
      presented.method === 'client_secret_basic',
    );
  }
}

function takes({ client }: KnownClient, method: ClientAuthMethod): boolean {
  return client.metadata.token_endpoint_auth_method === method || client.policy.furtherAuthMethods.includes(method);
}

/** The current secret, or the one before it while both live. */
function matchesSecret(row: ClientRow | null, secret: string): boolean {
  const given = digestToBytes(sha256(secret));
  const current = timingSafeEqual(given, row?.secret_hash ?? NOBODY) && row?.secret_live === true;
  const previous = timingSafeEqual(given, row?.previous_secret_hash ?? NOBODY) && row?.previous_secret_live === true;
  return current || previous;
}
