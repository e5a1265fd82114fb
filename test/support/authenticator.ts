import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { TEST_ISSUER } from './app.js';

const [UP, UV, BE, BS, AT] = [0x01, 0x04, 0x08, 0x10, 0x40];

/** What a browser and an authenticator say, where it is not what they should. */
export interface CeremonyChange {
  readonly origin?: string;
  readonly rpId?: string;
  readonly userVerified?: boolean;
  readonly counter?: number;
  readonly challenge?: string;
  readonly type?: string;
  readonly userHandle?: string | null;
  /** Other client data, such as `crossOrigin`. */
  readonly clientData?: object;
  /** Of the attestation. Default `none`. */
  readonly format?: string;
  readonly multiDevice?: boolean;
}

interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
}

/** An authenticator with one passkey, in software: ES256, attestation `none` (WebAuthn 3, 6). */
export class Authenticator {
  readonly credentialId = randomBytes(32);
  counter = 0;
  private readonly privateKey: KeyObject;
  private readonly cose: Buffer;
  private userHandle: string | undefined;

  constructor(private readonly origin = TEST_ISSUER) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    this.privateKey = privateKey;
    // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    this.cose = Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      cborBytes(Buffer.from(x!, 'base64url')),
      Buffer.from([0x22]),
      cborBytes(Buffer.from(y!, 'base64url')),
    ]);
  }

  get id(): string {
    return this.credentialId.toString('base64url');
  }

  /** As better-auth's client sends it: without `clientExtensionResults`. */
  create({ challenge, rp, user }: CreationOptions, change: CeremonyChange = {}) {
    this.userHandle = user.id;
    const authData = Buffer.concat([
      this.authData(change.rpId ?? rp.id, change, AT),
      Buffer.alloc(16),
      Buffer.from([0, this.credentialId.length]),
      this.credentialId,
      this.cose,
    ]);
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]),
      cborText('fmt'),
      cborText(change.format ?? 'none'),
      cborText('attStmt'),
      Buffer.from([0xa0]),
      cborText('authData'),
      cborBytes(authData),
    ]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: this.clientData('webauthn.create', challenge, change).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal', 'hybrid'],
      },
    };
  }

  get({ challenge, rpId }: RequestOptions, change: CeremonyChange = {}) {
    const authenticatorData = this.authData(change.rpId ?? rpId, change, 0);
    const clientDataJSON = this.clientData('webauthn.get', challenge, change);
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJSON).digest()]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, this.privateKey).toString('base64url'),
        userHandle: change.userHandle === undefined ? this.userHandle : change.userHandle,
      },
    };
  }

  private authData(rpId: string, change: CeremonyChange, further: number): Buffer {
    const verified = (change.userVerified ?? true) ? UV : 0;
    const copies = change.multiDevice ? BE | BS : 0;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(change.counter ?? this.counter);
    return Buffer.concat([
      createHash('sha256').update(rpId).digest(),
      Buffer.from([UP | verified | copies | further]),
      counter,
    ]);
  }

  private clientData(type: string, challenge: string, change: CeremonyChange): Buffer {
    const { origin = this.origin, clientData = { crossOrigin: false } } = change;
    return Buffer.from(
      JSON.stringify({ type: change.type ?? type, challenge: change.challenge ?? challenge, origin, ...clientData }),
    );
  }
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([cborHead(0x40, bytes.length), bytes]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(0x60, text.length), Buffer.from(text)]);
}

function cborHead(major: number, length: number): Buffer {
  return length < 24
    ? Buffer.from([major | length])
    : length < 256
      ? Buffer.from([major | 24, length])
      : Buffer.from([major | 25, length >> 8, length & 255]);
}
