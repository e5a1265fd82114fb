import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { alternativeNames, canonicalName } from '../../../common/certificates/alternative-names.js';
import type { Certificate } from '../../../common/certificates/certificate.js';
import { isSameName, parseDistinguishedName } from '../../../common/certificates/distinguished-name.js';
import { Clock } from '../../../common/clock.js';
import { AuthError } from '../../../common/errors/auth-error.js';
import type { ForeignKey } from '../../../common/keys/remote-key-set.js';
import { AuthContext } from '../../../common/ports/auth-context.js';
import type { ClientAuthMethod } from '../../../common/ports/authorization-server.js';
import { CERTIFICATE_SUBJECTS, certificateSubjectOf } from '../metadata/certificate-rules.js';
import type { ClientMetadata } from '../metadata/client-metadata.js';
import { ClientKeys } from './client-keys.js';

const METHODS = ['tls_client_auth', 'self_signed_tls_client_auth'] as const;
export type CertificateMethod = (typeof METHODS)[number];

/** The method among them by which a client proves itself with its certificate. */
export function certificateMethodIn(methods: readonly ClientAuthMethod[]): CertificateMethod | undefined {
  return METHODS.find((one) => methods.includes(one));
}

/** Authenticates clients by the certificate of their connection (RFC 8705 2). */
@Injectable()
export class ClientCertificateVerifier {
  constructor(
    private readonly keys: ClientKeys,
    private readonly clock: Clock,
  ) {}

  /** @throws AuthError 401 `invalid_client`, whose detail is the fault; 400 `invalid_request` when the certificate cannot be read */
  async verify(metadata: ClientMetadata, method: CertificateMethod): Promise<void> {
    const presented = AuthContext.requestContext?.certificate?.() ?? null;
    if (!presented) throw refused('there is none');
    const { certificate } = presented;
    if (method === 'self_signed_tls_client_auth') return this.verifyKnown(certificate, metadata);
    const fault = presented.pathFault();
    if (fault !== null) throw refused(fault);
    if (!isOf(certificate, metadata)) throw refused('it is of another subject');
  }

  /** RFC 8705 2.2: no path, but the certificate or its key is one that the client has registered. */
  private async verifyKnown(certificate: Certificate, metadata: ClientMetadata): Promise<void> {
    if (!certificate.isValidAt(this.clock.now())) throw refused('it has expired, or is not valid yet');
    const isKnown = await this.keys
      .has(metadata, (key) => isKeyOf(key, certificate))
      .catch((error: unknown) => {
        throw refused(error instanceof AuthError ? error.detail! : String(error));
      });
    if (!isKnown) throw refused('it is none of the registered ones');
  }
}

/** Whether the client is the subject. What cannot be read is nobody's name. */
function isOf(certificate: Certificate, metadata: ClientMetadata): boolean {
  const registered = certificateSubjectOf(metadata);
  if (!registered) return false;
  const kind = CERTIFICATE_SUBJECTS[registered.member];
  try {
    if (kind !== 'dn') return alternativeNames(certificate, kind).includes(canonicalName(kind, registered.value)!);
    const name = parseDistinguishedName(registered.value);
    return name !== null && isSameName(name, certificate.subject);
  } catch (error) {
    throw refused(String(error));
  }
}

/** A key that names a certificate means that one, another may be in any (RFC 8705 2.2.1). */
function isKeyOf(key: ForeignKey, certificate: Certificate): boolean {
  const { use, x5c, 'x5t#S256': thumbprint } = key;
  if (use === 'enc') return false;
  if (thumbprint !== undefined) return thumbprint === certificate.thumbprint;
  if (x5c !== undefined) return Array.isArray(x5c) && x5c[0] === certificate.der.toString('base64');
  try {
    return createPublicKey({ key: key as JsonWebKey, format: 'jwk' }).equals(certificate.x509.publicKey);
  } catch {
    // In a set that the client publishes there may be anything.
    return false;
  }
}

function refused(fault: string): AuthError {
  return AuthError.invalidClient(`certificate: ${fault}`);
}
