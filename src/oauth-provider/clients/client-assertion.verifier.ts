import { Injectable } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Clock } from '../../common/clock.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { ClientAuthMethod } from '../../common/host/authorization-server.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { ClientAssertionStore } from './client-assertion.store.js';
import type { KnownClient } from './client-directory.js';
import { ClientKeys } from './client-keys.js';
import { liveSecrets } from './client-secret.js';

/** Algorithms of `private_key_jwt`. Never a symmetric one: what proves a client by its key must not be made of the key's public half. */
const KEY_ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** Of `client_secret_jwt`: our secrets are as long as HS256 asks (RFC 7518 3.2), not longer. */
const SECRET_ALGORITHMS = ['HS256'];
/** `token_endpoint_auth_signing_alg_values_supported` (RFC 8414 2). */
export const ASSERTION_ALGORITHMS: readonly string[] = [...KEY_ALGORITHMS, ...SECRET_ALGORITHMS];
/** Absent, or one of these: a JWT that was made for something else is no assertion (RFC 8725 3.11). */
const TYPES = new Set([undefined, 'JWT', 'jwt', 'client-authentication+jwt']);

const MAX_LENGTH = 8_192;
/** How far ahead `exp` may be. The use of an assertion is remembered until then. */
export const MAX_ASSERTION_SECONDS = 600;
/** Clocks of clients that differ from ours. */
const LEEWAY_SECONDS = 30;

type Key = JWTVerifyGetKey | Uint8Array;

/** Whose assertion a text says it is. Not proven: it only picks the client that is asked about it. @returns null when it says nothing */
export function claimedClient(assertion: string): string | null {
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === 'string' ? iss : null;
  } catch {
    return null;
  }
}

/** Assertions by which clients prove themselves (RFC 7523 2.2 and 3, OIDC Core 9). Each is good once (T085). */
@Injectable()
export class ClientAssertionVerifier {
  constructor(
    private readonly keys: ClientKeys,
    private readonly store: ClientAssertionStore,
    private readonly box: SecretBox,
    private readonly clock: Clock,
  ) {}

  /**
   * Uses the assertion up when nothing is wrong with it.
   * @param methods those that the client may use
   * @param audiences names of this server; the assertion is meant for one of them
   * @returns what is wrong, for the log; null: it proves the client
   */
  async faultOf(
    assertion: string,
    known: KnownClient,
    methods: readonly ClientAuthMethod[],
    audiences: readonly string[],
  ): Promise<string | null> {
    let claims: JWTPayload;
    try {
      claims = await this.proven(assertion, known, methods, audiences);
    } catch (error) {
      // Whatever it is, also a key set that cannot be fetched, is the client's to mend.
      return `assertion: ${error instanceof AuthError ? error.detail : String(error)}`;
    }
    // Last, so that only what is good in all else is remembered.
    const hash = digestToBytes(sha256(`${known.client.clientId}\0${claims.jti}`));
    const isFirst = await this.store.spend(hash, claims.exp! + LEEWAY_SECONDS);
    return isFirst ? null : 'assertion: jti was used before';
  }

  private async proven(
    assertion: string,
    { client, row }: KnownClient,
    methods: readonly ClientAuthMethod[],
    audiences: readonly string[],
  ): Promise<JWTPayload> {
    if (assertion.length > MAX_LENGTH) throw new Error('too long');
    const { alg, typ } = decodeProtectedHeader(assertion);
    if (!TYPES.has(typ)) throw new Error('typ is of something else');
    const isSecret = SECRET_ALGORITHMS.includes(alg ?? '');
    const registered = client.metadata.token_endpoint_auth_signing_alg;
    if (registered !== undefined && registered !== alg) throw new Error('alg is not the registered one');
    if (!methods.includes(isSecret ? 'client_secret_jwt' : 'private_key_jwt'))
      throw new Error(`no method of this client signs with ${alg}`);
    const { clientId: name } = client;
    const keys = isSecret ? liveSecrets(row, this.box).map(encoded) : [this.keys.of(client.metadata)];
    const payload = await verifiedByOne(keys, (key) =>
      // jose tells a key from what finds one by its type; the overloads want to be told apart as well.
      jwtVerify(assertion, key as JWTVerifyGetKey, {
        algorithms: isSecret ? SECRET_ALGORITHMS : KEY_ALGORITHMS,
        issuer: name,
        subject: name,
        audience: [...audiences],
        requiredClaims: ['exp', 'jti'],
        clockTolerance: LEEWAY_SECONDS,
        currentDate: this.clock.now(),
      }),
    );
    this.check(payload, audiences);
    return payload;
  }

  /** What jose does not look at. */
  private check({ aud, exp, iat, jti }: JWTPayload, audiences: readonly string[]): void {
    const now = this.clock.epochSeconds();
    // One that is meant for others as well could be brought here by one of them.
    if (![aud].flat().every((one) => audiences.includes(one!))) throw new Error('aud names others as well');
    if (exp! > now + MAX_ASSERTION_SECONDS + LEEWAY_SECONDS) throw new Error('exp is too far ahead');
    if (iat !== undefined && iat > now + LEEWAY_SECONDS) throw new Error('iat is in the future');
    if (typeof jti !== 'string' || jti === '') throw new Error('jti is no text');
  }
}

/** Tries the keys in turn: while a secret is replaced, two are good. */
async function verifiedByOne(
  keys: readonly (Key | null)[],
  verify: (key: Key) => Promise<{ payload: JWTPayload }>,
): Promise<JWTPayload> {
  let fault: unknown = new Error('the client has no key');
  for (const key of keys) {
    if (key === null) continue;
    try {
      return (await verify(key)).payload;
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

function encoded(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
