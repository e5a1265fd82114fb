import { Injectable } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { Clock } from '../../../common/clock.js';
import { digestToBytes, sha256 } from '../../../common/crypto.js';
import { AuthError } from '../../../common/errors/auth-error.js';
import type { ClientAuthMethod } from '../../../common/ports/authorization-server.js';
import { ClientAssertionStore } from './client-assertion.store.js';
import type { KnownClient } from '../client.directory.js';
import { ClientSignatures, isSecretAlgorithm } from './client-signatures.js';

/** Accepted values of `typ`: a JWT made for another purpose is not an assertion (RFC 8725 3.11). */
export const ASSERTION_TYPES: ReadonlySet<string | undefined> = new Set([
  undefined,
  'JWT',
  'jwt',
  'client-authentication+jwt',
]);

export const MAX_ASSERTION_LENGTH = 8_192;
/**
 * How far ahead `exp` may be: some libraries (Authlib) make assertions for an hour. Each is still good only once, and its use is stored
 * until then.
 */
export const MAX_ASSERTION_SECONDS = 3_600;
/** For clients whose clocks differ from ours. */
export const LEEWAY_SECONDS = 30;

/**
 * The client that an assertion claims to be from. Not proven: it only selects the client to verify it for.
 * @returns null when it names none
 */
export function claimedClient(assertion: string): string | null {
  try {
    const { iss } = decodeJwt(assertion);
    return typeof iss === 'string' ? iss : null;
  } catch {
    return null;
  }
}

/** Verifies assertions by which clients authenticate (RFC 7523 2.2 and 3, OIDC Core 9). Each is good once (T085). */
@Injectable()
export class ClientAssertionVerifier {
  constructor(
    private readonly signatures: ClientSignatures,
    private readonly store: ClientAssertionStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Verifies an assertion, and marks a valid one as used.
   * @param methods those that the client may use
   * @param audiences names of this server; the assertion may name no others
   * @throws AuthError 401 `invalid_client`, whose detail is the fault
   */
  async verify(
    assertion: string,
    known: KnownClient,
    methods: readonly ClientAuthMethod[],
    audiences: readonly string[],
  ): Promise<void> {
    const claims = await this.proven(assertion, known, methods, audiences).catch((error: unknown) => {
      // Every fault is for the client to fix, also a key set that cannot be fetched.
      throw AuthError.invalidClient(`assertion: ${error instanceof AuthError ? error.detail : String(error)}`);
    });
    // Last, so that only valid assertions are stored.
    const hash = digestToBytes(sha256(`${known.client.clientId}\0${claims.jti}`));
    const isFirst = await this.store.spend(hash, claims.exp! + LEEWAY_SECONDS);
    if (!isFirst) throw AuthError.invalidClient('assertion: jti was used before');
  }

  private async proven(
    assertion: string,
    known: KnownClient,
    methods: readonly ClientAuthMethod[],
    audiences: readonly string[],
  ): Promise<JWTPayload> {
    if (assertion.length > MAX_ASSERTION_LENGTH) throw new Error('too long');
    const { alg, typ } = decodeProtectedHeader(assertion);
    if (!ASSERTION_TYPES.has(typ)) throw new Error('typ is that of another kind of JWT');
    const { clientId: name, metadata } = known.client;
    const registered = metadata.token_endpoint_auth_signing_alg;
    if (registered !== undefined && registered !== alg) throw new Error('alg is not the registered one');
    if (!methods.includes(isSecretAlgorithm(alg) ? 'client_secret_jwt' : 'private_key_jwt'))
      throw new Error(`no method of this client signs with ${JSON.stringify(alg)}`);
    const payload = await this.signatures.verify(assertion, known, {
      issuer: name,
      subject: name,
      audience: [...audiences],
      requiredClaims: ['exp', 'jti'],
      clockTolerance: LEEWAY_SECONDS,
      currentDate: this.clock.now(),
    });
    this.check(payload, audiences);
    // FAPI 2.0 Security Profile 5.3.2.1-8: an array names nobody else today, and may tomorrow.
    if (known.client.rules.assertionAudience === 'issuer' && typeof payload.aud !== 'string')
      throw new Error('aud is not the issuer as a text');
    return payload;
  }

  /** What jose does not check. */
  private check({ aud, exp, iat, jti }: JWTPayload, audiences: readonly string[]): void {
    const now = this.clock.epochSeconds();
    // Another server that it is meant for could replay it here.
    if (![aud].flat().every((one) => audiences.includes(one!))) throw new Error('aud names others as well');
    if (exp! > now + MAX_ASSERTION_SECONDS + LEEWAY_SECONDS) throw new Error('exp is too far ahead');
    if (iat !== undefined && iat > now + LEEWAY_SECONDS) throw new Error('iat is in the future');
    if (typeof jti !== 'string' || jti === '') throw new Error('jti is not a text');
  }
}
