import { Injectable } from '@nestjs/common';
import type { AssertionAnswer, AttestationAnswer } from '../passkeys.schemas.js';
import { RelyingParty } from './relying-party.js';
import { WebAuthnLibrary } from './webauthn.library.js';

/** What an authenticator has said, checked. */
export interface CheckedAnswer {
  /** How often it says that this passkey was used; 0 for those that do not count. */
  readonly counter: number;
  /** It has verified its user: PIN, fingerprint, face. */
  readonly userVerified: boolean;
  /** It may have copies, such as those of a password manager (BE). */
  readonly multiDevice: boolean;
  /** It has some (BS). */
  readonly backedUp: boolean;
}

export interface CheckedRegistration extends CheckedAnswer {
  readonly credentialId: Buffer;
  /** COSE. */
  readonly publicKey: Buffer;
  readonly aaguid: string;
}

/** What a passkey is checked against. */
export interface KnownKey {
  /** Base64url. */
  readonly id: string;
  readonly publicKey: Buffer;
}

/** EdDSA, ES256, RS256 (COSE), the best first. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257];
/**
 * We ask for no attestation. Others than these hold certificates whose chains the library would follow, by addresses that whoever sends them
 * has chosen.
 */
const FORMATS = new Set(['none', 'packed']);

/** Checks what authenticators send (WebAuthn 3, 7.1 and 7.2), by the library. */
@Injectable()
export class Verifier {
  constructor(
    private readonly library: WebAuthnLibrary,
    private readonly party: RelyingParty,
  ) {}

  /** @throws Error what is wrong with it, for the log */
  async registration(
    answer: AttestationAnswer,
    challenge: string,
    requireUserVerification: boolean,
  ): Promise<CheckedRegistration> {
    const { decodeAttestationObject, verifyRegistrationResponse } = this.library.get();
    const attestation = decodeAttestationObject(Buffer.from(answer.response.attestationObject, 'base64url'));
    const format = attestation.get('fmt');
    if (!FORMATS.has(format)) throw new Error(`attestation of the format ${format}, which was not asked for`);
    const result = await verifyRegistrationResponse({
      response: { ...answer, ...UNUSED, response: { ...answer.response, transports: [] } },
      ...this.expected(challenge),
      requireUserVerification,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    if (!result.verified) throw new Error('the attestation is not valid');
    const { credential, aaguid, userVerified, credentialDeviceType, credentialBackedUp } = result.registrationInfo;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      aaguid,
      counter: credential.counter,
      userVerified,
      multiDevice: credentialDeviceType === 'multiDevice',
      backedUp: credentialBackedUp,
    };
  }

  /** The counter is left to the statement that stores it. @throws Error what is wrong with it, for the log */
  async authentication(
    answer: AssertionAnswer,
    challenge: string,
    key: KnownKey,
    requireUserVerification: boolean,
  ): Promise<CheckedAnswer> {
    const { userHandle, ...response } = answer.response;
    const result = await this.library.get().verifyAuthenticationResponse({
      response: { ...answer, ...UNUSED, response: { ...response, ...(userHandle && { userHandle }) } },
      ...this.expected(challenge),
      credential: { id: key.id, publicKey: new Uint8Array(key.publicKey), counter: 0 },
      requireUserVerification,
    });
    if (!result.verified) throw new Error('the signature is not valid');
    const { newCounter, userVerified, credentialDeviceType, credentialBackedUp } = result.authenticationInfo;
    return {
      counter: newCounter,
      userVerified,
      multiDevice: credentialDeviceType === 'multiDevice',
      backedUp: credentialBackedUp,
    };
  }

  private expected(expectedChallenge: string) {
    return { expectedChallenge, expectedOrigin: [...this.party.origins], expectedRPID: this.party.id };
  }
}

/** Members that the library's types ask for and its checks do not read; better-auth's client leaves the first out. */
const UNUSED = { clientExtensionResults: {}, authenticatorAttachment: undefined } as const;
