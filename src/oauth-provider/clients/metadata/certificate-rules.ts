import { canonicalName, type AlternativeNameKind } from '../../../common/certificates/alternative-names.js';
import { parseDistinguishedName } from '../../../common/certificates/distinguished-name.js';
import type { MtlsSettings } from '../../../common/options/mtls-options.js';
import { CLIENT_AUTH_METHODS, type ClientAuthMethod } from '../../../common/ports/authorization-server.js';
import type { ClientMetadata } from './client-metadata.js';

/** What the core option `mtls` means for clients; null: it is off. */
export type OfferedCertificates = Pick<MtlsSettings, 'provesPaths' | 'aliasesAt'> | null;

/** Members of which one says whose certificate it is (RFC 8705 2.1.2). */
export const CERTIFICATE_SUBJECTS = {
  tls_client_auth_subject_dn: 'dn',
  tls_client_auth_san_dns: 'dns',
  tls_client_auth_san_uri: 'uri',
  tls_client_auth_san_ip: 'ip',
  tls_client_auth_san_email: 'email',
} as const satisfies Readonly<Record<string, AlternativeNameKind | 'dn'>>;
export type CertificateSubject = keyof typeof CERTIFICATE_SUBJECTS;
const SUBJECTS = Object.keys(CERTIFICATE_SUBJECTS) as CertificateSubject[];

/** The methods that clients of this server may have. */
export function offeredMethods(mtls: OfferedCertificates): readonly ClientAuthMethod[] {
  return CLIENT_AUTH_METHODS.filter((method) => isOffered(method, mtls));
}

/** @throws Error with option and remedy when tokens are to be bound to certificates that nobody reads; stops the boot */
export function requireReadable(boundTokens: string | null, mtls: OfferedCertificates): void {
  if (boundTokens !== 'certificate' || mtls !== null) return;
  throw new Error(
    'oauthProvider.requireBoundTokens: certificates are not read without the option mtls. Configure it, or bind to keys: dpop.',
  );
}

/** Whose certificate it is: which member says so, and what. @returns null where it is not known by one */
export function certificateSubjectOf(
  metadata: ClientMetadata,
): { readonly member: CertificateSubject; readonly value: string } | null {
  const [member] = SUBJECTS.filter((one) => metadata[one] !== undefined);
  return member === undefined ? null : { member, value: metadata[member]! };
}

/** Why a client may not register what it says of its certificates; null when it may. */
export function certificateFault(metadata: ClientMetadata, mtls: OfferedCertificates): string | null {
  const { token_endpoint_auth_method: method, jwks, jwks_uri: address } = metadata;
  if (!isOffered(method, mtls)) return 'token_endpoint_auth_method: this server does not offer it';
  if (metadata.tls_client_certificate_bound_access_tokens === true && !mtls)
    return 'tls_client_certificate_bound_access_tokens: this server does not offer it; leave it out';
  if (metadata.tls_client_certificate_bound_access_tokens === true && metadata.dpop_bound_access_tokens === true)
    return 'tls_client_certificate_bound_access_tokens: dpop_bound_access_tokens says already what its tokens are bound to';
  if (method === 'self_signed_tls_client_auth' && !jwks && address === undefined)
    return 'token_endpoint_auth_method: self_signed_tls_client_auth needs jwks or jwks_uri';
  return subjectFault(metadata);
}

function isOffered(method: ClientAuthMethod, mtls: OfferedCertificates): boolean {
  if (method === 'tls_client_auth') return mtls?.provesPaths === true;
  return method !== 'self_signed_tls_client_auth' || mtls !== null;
}

function subjectFault(metadata: ClientMetadata): string | null {
  const [member, ...others] = SUBJECTS.filter((one) => metadata[one] !== undefined);
  const isNeeded = metadata.token_endpoint_auth_method === 'tls_client_auth';
  if (member === undefined)
    return isNeeded ? `token_endpoint_auth_method: tls_client_auth needs one of ${SUBJECTS.join(', ')}` : null;
  if (!isNeeded) return `${member}: it belongs to the method tls_client_auth`;
  if (others.length > 0) return `${others[0]}: ${member} says already whose certificate it is`;
  const kind = CERTIFICATE_SUBJECTS[member];
  const value = metadata[member]!;
  const isName = kind === 'dn' ? parseDistinguishedName(value) !== null : canonicalName(kind, value) !== null;
  return isName ? null : `${member}: ${REMEDIES[kind]}`;
}

const REMEDIES = {
  dn: 'it is no distinguished name as RFC 4514 writes it, such as CN=Client,O=Example,C=DE',
  dns: 'it is no name of a host; a pattern is none',
  uri: 'it is no absolute address',
  ip: 'it is no IP address',
  email: 'it is no address of a mailbox',
} as const;
