import { Injectable } from '@nestjs/common';
import { decodeProtectedHeader, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { SecretBox } from '../../../common/secrets/secret-box.js';
import { KEY_ALGORITHMS, SECRET_ALGORITHMS } from '../metadata/client-algorithms.js';
import type { KnownClient } from '../client.directory.js';
import { ClientKeys } from './client-keys.js';
import { liveSecrets } from '../client-secret.js';

type Key = JWTVerifyGetKey | Uint8Array;

/** Whether a client signs with its secret when it signs so. */
export function isSecretAlgorithm(algorithm: string | undefined): boolean {
  return algorithm !== undefined && SECRET_ALGORITHMS.includes(algorithm);
}

/** Verifies what clients sign, by the keys they have registered or by the secret that is kept for it. */
@Injectable()
export class ClientSignatures {
  constructor(
    private readonly keys: ClientKeys,
    private readonly box: SecretBox,
  ) {}

  /**
   * @returns the claims, of which only what `options` ask for has been looked at
   * @throws Error when the client has not signed it so, or a claim is not as asked; AuthError 503 when its keys cannot be fetched
   */
  async verify(
    jwt: string,
    { client, row }: KnownClient,
    options: Omit<JWTVerifyOptions, 'algorithms'>,
  ): Promise<JWTPayload> {
    const isSecret = isSecretAlgorithm(decodeProtectedHeader(jwt).alg);
    const keys = isSecret ? liveSecrets(row, this.box).map(encoded) : [this.keys.of(client.metadata)];
    return verifiedByOne(jwt, keys, { ...options, algorithms: isSecret ? SECRET_ALGORITHMS : KEY_ALGORITHMS });
  }
}

/** Tries the keys in turn: while a secret is replaced, two are good. */
async function verifiedByOne(
  jwt: string,
  keys: readonly (Key | null)[],
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  let fault: unknown = new Error('the client has no key for it');
  for (const key of keys) {
    if (key === null) continue;
    try {
      // jose tells a key from what finds one by its type; the overloads want to be told apart as well.
      return (await jwtVerify(jwt, key as JWTVerifyGetKey, options)).payload;
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

function encoded(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
