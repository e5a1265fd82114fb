import { pathFault } from './certificate-path.js';
import type { Certificate } from './certificate.js';

/** The certificate by which a client has opened its connection; whoever terminated TLS has seen that it holds the key. */
export interface ClientCertificate {
  readonly certificate: Certificate;
  /** Why the certificate may not be taken for what it says of its subject; null: its authority is trusted. Found out on demand. */
  readonly pathFault: () => string | null;
}

/** Who says whether the authority of a certificate is trusted: whoever terminated TLS, by a value; otherwise our own check. */
export function judged(
  certificate: Certificate,
  chain: readonly Certificate[],
  by: { readonly isVerified: boolean | null; readonly authorities: readonly Certificate[]; readonly now: Date },
): ClientCertificate {
  const fault = () => {
    if (by.isVerified === null) return pathFault(certificate, chain, by.authorities, by.now);
    if (!by.isVerified) return 'whoever terminated TLS has not verified it';
    return certificate.isValidAt(by.now) ? null : 'it has expired, or is not valid yet';
  };
  let known: string | null | undefined;
  return { certificate, pathFault: () => (known === undefined ? (known = fault()) : known) };
}
