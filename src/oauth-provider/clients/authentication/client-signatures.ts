import { Injectable } from '@nestjs/common';
import {
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
} from 'jose';
import { SecretBox } from '../../../common/secrets/secret-box.js';
import { SECRET_ALGORITHMS } from '../metadata/client-algorithms.js';
import type { KnownClient } from '../client.directory.js';
import { ClientKeys } from './client-keys.js';
import { liveSecrets } from '../client-secret.js';

type Key = JWTVerifyGetKey | Uint8Array;

/** Whether a client signs with its secret under this algorithm. */
export function isSecretAlgorithm(algorithm: string | undefined): boolean {
  return algorithm !== undefined && SECRET_ALGORITHMS.includes(algorithm);
}

/** Verifies what clients sign, with their registered keys or their stored secret. */
@Injectable()
export class ClientSignatures {
  constructor(
    private readonly keys: ClientKeys,
    private readonly box: SecretBox,
  ) {}

  /**
   * @returns the claims; only what `options` ask for has been checked
   * @throws Error when the client has not signed it, or a claim does not match; AuthError 503 when its keys cannot be fetched
   */
  async verify(
    jwt: string,
    { client, row }: KnownClient,
    options: Omit<JWTVerifyOptions, 'algorithms'>,
  ): Promise<JWTPayload> {
    const isSecret = isSecretAlgorithm(decodeProtectedHeader(jwt).alg);
    const keys = isSecret ? liveSecrets(row, this.box).map(encoded) : [this.keys.of(client.metadata)];
    const algorithms = client.rules.algorithms.filter((one) => isSecretAlgorithm(one) === isSecret);
    const attempt = () => verifiedByOne(jwt, keys, { ...options, algorithms });
    return attempt().catch(async (error: unknown) => {
      const isForged = error instanceof errors.JWSSignatureVerificationFailed;
      if (!isForged || isSecret || !(await this.keys.renew(client.metadata))) throw error;
      return attempt();
    });
  }
}

/** Tries the keys in turn: during an overlap two secrets are valid. */
async function verifiedByOne(
  jwt: string,
  keys: readonly (Key | null)[],
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  let lastError: unknown = new Error('the client has no key for it');
  for (const key of keys) {
    if (key === null) continue;
    try {
      // jose takes a key or a lookup; only its overloads tell them apart.
      return (await jwtVerify(jwt, key as JWTVerifyGetKey, options)).payload;
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

function encoded(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}
