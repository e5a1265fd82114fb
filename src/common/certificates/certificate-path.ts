import type { Certificate } from './certificate.js';
import { contentOf, DER, membersOf, numbered, readOid, type DerElement } from './der.js';

/** The extensions of RFC 5280 4.2 that are read here, or that mean nothing to a path. */
const EXTENSION = {
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  certificatePolicies: '2.5.29.32',
  extendedKeyUsage: '2.5.29.37',
} as const;
const UNDERSTOOD: ReadonlySet<string> = new Set(Object.values(EXTENSION));

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';
/** Bits of the key usage, the first the highest (RFC 5280 4.2.1.3). */
const USAGE = { digitalSignature: 0x80, keyAgreement: 0x08, keyCertSign: 0x04 } as const;

const RSA_PSS = '1.2.840.113549.1.1.10';
const SHA_2 = new Set(['2.16.840.1.101.3.4.2.1', '2.16.840.1.101.3.4.2.2', '2.16.840.1.101.3.4.2.3']);
/** RSA, ECDSA with SHA-256, SHA-384, SHA-512; Ed25519. Others, SHA-1 above all, can be forged or are not in use. */
const SIGNATURES = new Set([
  ...['11', '12', '13'].map((last) => `1.2.840.113549.1.1.${last}`),
  ...['2', '3', '4'].map((last) => `1.2.840.10045.4.3.${last}`),
  '1.3.101.112',
]);
const MIN_RSA_BITS = 2_048;

/** Why a certificate cannot be an authority that paths end at; null when it can. */
export function authorityFault(certificate: Certificate): string | null {
  try {
    return extensionFault(certificate) ?? (isAuthority(certificate, 0) ? null : 'it is no certificate of an authority');
  } catch (error) {
    return String(error);
  }
}

/**
 * Why no path leads from a client's certificate to an authority (RFC 5280 6.1); null when one does: each certificate signed by the next, in
 * its time and for its purpose. What an extension says that is not understood here, ends the path. Revocation is not looked up.
 * @param chain as the client sent it, in any order
 */
export function pathFault(
  certificate: Certificate,
  chain: readonly Certificate[],
  authorities: readonly Certificate[],
  now: Date,
): string | null {
  try {
    const fault = clientFault(certificate, now);
    return fault ?? (reaches(certificate, chain, authorities, now) ? null : 'no path leads to a configured authority');
  } catch (error) {
    return String(error);
  }
}

/** Each certificate is visited once, by the shortest way to it, so that a chain of many names costs few verifications. */
function reaches(
  certificate: Certificate,
  chain: readonly Certificate[],
  authorities: readonly Certificate[],
  now: Date,
): boolean {
  let front: readonly Certificate[] = [certificate];
  let unseen = chain;
  for (let below = 0; front.length > 0; below += 1) {
    const isAbove = (one: Certificate) =>
      one.isValidAt(now) && isAuthority(one, below) && front.some((child) => isIssuedBy(child, one));
    if (authorities.some(isAbove)) return true;
    front = unseen.filter((one) => extensionFault(one) === null && mayServeClients(one) && isAbove(one));
    unseen = unseen.filter((one) => !front.includes(one));
  }
  return false;
}

function clientFault(certificate: Certificate, now: Date): string | null {
  if (!certificate.isValidAt(now)) return 'it has expired, or is not valid yet';
  const fault = extensionFault(certificate);
  if (fault !== null) return fault;
  return mayServeClients(certificate) && mayDo(certificate, USAGE.digitalSignature | USAGE.keyAgreement)
    ? null
    : 'it is not for the authentication of clients';
}

/** RFC 5280 4.2: what is critical and not understood refuses. Constraints on names do so always, since ignoring them would widen them. */
function extensionFault({ extensions }: Certificate): string | null {
  if (extensions.has(EXTENSION.nameConstraints)) return 'constraints on names are not understood';
  const strange = [...extensions].find(([id, { isCritical }]) => isCritical && !UNDERSTOOD.has(id));
  return strange === undefined ? null : `the critical extension ${strange[0]} is not understood`;
}

/** @param below how many other authorities stand between it and the client (RFC 5280 4.2.1.9) */
function isAuthority(certificate: Certificate, below: number): boolean {
  const constraints = certificate.extensions.get(EXTENSION.basicConstraints);
  if (!constraints) return false;
  const [isCa, limit] = membersOf(constraints.value);
  if (isCa?.tag !== DER.boolean || isCa.content[0] !== 0xff) return false;
  if (limit !== undefined && Number.parseInt(contentOf(limit, DER.integer).toString('hex'), 16) < below) return false;
  return mayDo(certificate, USAGE.keyCertSign);
}

/** Whether one of these usages is allowed; all are where none is named. */
function mayDo({ extensions }: Certificate, usages: number): boolean {
  const usage = extensions.get(EXTENSION.keyUsage);
  return usage === undefined || ((contentOf(usage.value, DER.bitString)[1] ?? 0) & usages) !== 0;
}

function mayServeClients({ extensions }: Certificate): boolean {
  const usage = extensions.get(EXTENSION.extendedKeyUsage);
  if (usage === undefined) return true;
  const purposes = membersOf(usage.value).map(readOid);
  return purposes.includes(CLIENT_AUTHENTICATION) || purposes.includes(ANY_USAGE);
}

function isIssuedBy(child: Certificate, issuer: Certificate): boolean {
  const { publicKey } = issuer.x509;
  const { modulusLength = MIN_RSA_BITS } = publicKey.asymmetricKeyDetails ?? {};
  return (
    modulusLength >= MIN_RSA_BITS &&
    isSafelySigned(child.signatureAlgorithm) &&
    child.x509.checkIssued(issuer.x509) &&
    child.x509.verify(publicKey)
  );
}

function isSafelySigned([algorithm, parameters]: readonly DerElement[]): boolean {
  const name = readOid(algorithm);
  if (name !== RSA_PSS) return SIGNATURES.has(name);
  // RFC 4055 3.1: without a hash it is SHA-1.
  const hash = membersOf(parameters).find(({ tag }) => tag === numbered(0));
  return hash !== undefined && SHA_2.has(readOid(membersOf(membersOf(hash, numbered(0))[0])[0]));
}
