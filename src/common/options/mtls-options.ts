import type { IncomingMessage } from 'node:http';
import { Certificate } from '../certificates/certificate.js';
import { CERTIFICATE_FORMATS, readPem, type CertificateFormat } from '../certificates/certificate-headers.js';
import { authorityFault } from '../certificates/certificate-path.js';
import { isLoopbackHost } from '../loopback-host.js';
import { choice, given, hook, text } from './option.js';
import type { OptionsOf, SettingsOf } from './read-options.js';

/** What `getCertificate` found. */
export interface GivenCertificate {
  /** In DER, or a text in PEM. */
  readonly certificate: Uint8Array | string;
  /** What the client sent with it, in the same form. Read where `ca` is given. */
  readonly chain?: readonly (Uint8Array | string)[];
  /** Whether its path to a trusted authority was verified. Default: `ca` decides; without it, false. */
  readonly verified?: boolean;
}

/** @returns null when the client has presented none */
export type GetCertificate = (request: IncomingMessage) => GivenCertificate | null | undefined;

/**
 * Clients with certificates (RFC 8705), as a proxy that terminates TLS passes them on (RFC 9440). Headers are taken from `trustProxy` alone, and
 * such a proxy removes them from what its clients send: docs/guides/mtls.md.
 */
export interface MtlsOptions {
  /** The header that holds the certificate. Default: `Client-Cert` with `rfc9440`, `X-Forwarded-Client-Cert` with `xfcc`. */
  readonly header?: string;
  /**
   * How it is written: `rfc9440` (a byte sequence of DER), `urlencoded-pem` (nginx's `$ssl_client_escaped_cert`, AWS, Traefik) or `xfcc`
   * (Envoy). Default `rfc9440`.
   */
  readonly format?: CertificateFormat;
  /** The header that holds the rest of the chain. Default `Client-Cert-Chain`; with `rfc9440` only, the other formats have it in `header`. */
  readonly chainHeader?: string;
  /** A header by which the proxy says whether it has verified the certificate, e.g. nginx's `$ssl_client_verify`. Default: none. */
  readonly verifiedHeader?: string;
  /** The value of it that means yes. Default `SUCCESS`. */
  readonly verifiedValue?: string;
  /**
   * Certificates of authorities, in PEM: then paths are checked here, with dates and purposes, and not by `verifiedHeader`. Revocation is not
   * looked up. Default: none. Without either, `tls_client_auth` is not offered.
   */
  readonly ca?: string | readonly string[];
  /** In place of headers: finds the certificate of a request, e.g. where Node itself terminates TLS. */
  readonly getCertificate?: GetCertificate;
  /**
   * Base address of this server at the host that asks for certificates, e.g. `https://mtls.auth.example.com`; announced by
   * `mtls_endpoint_aliases` (RFC 8705 5). Default: none, every host asks.
   */
  readonly aliasesAt?: string;
}

/** RFC 9110 5.1. */
const headerName = () =>
  text({
    fits: (name) => /^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name) && !OF_OTHERS.has(name.toLowerCase()),
    otherwise: "is not the name of a header that a proxy could set for this. Give one such as 'X-Client-Cert'.",
  });
/** What they say is not the proxy's alone. */
const OF_OTHERS: ReadonlySet<string> = new Set(
  'authorization cookie host origin content-type content-length transfer-encoding connection forwarded dpop x-forwarded-for'.split(
    ' ',
  ),
);

/** What binds tokens to a certificate needs no authority: whoever terminates TLS has seen that the client holds the key. */
export type MtlsReading = Pick<MtlsOptions, 'header' | 'format' | 'getCertificate'>;
export const MTLS_READING = {
  header: headerName(),
  format: choice(CERTIFICATE_FORMATS),
  getCertificate: hook<GetCertificate>(),
} satisfies OptionsOf<MtlsReading>;

export const MTLS_OPTIONS = {
  ...MTLS_READING,
  chainHeader: headerName(),
  verifiedHeader: headerName(),
  verifiedValue: text({
    fits: (value) => /^[\x21-\x7E](?:[\x20-\x7E]{0,98}[\x21-\x7E])?$/.test(value),
    otherwise: "is not the value of a header. Give what the proxy sends, e.g. 'SUCCESS'.",
  }),
  ca: given(['text', 'texts']),
  aliasesAt: given('text'),
} satisfies OptionsOf<MtlsOptions>;

/** Headers by which a proxy tells of a certificate; names in lower case. */
export interface CertificateHeaders {
  readonly header: string;
  readonly format: CertificateFormat;
  /** Null: the format has the chain in the same header. */
  readonly chainHeader: string | null;
  readonly verified: { readonly header: string; readonly value: string } | null;
}

export interface MtlsSettings {
  /** Null: `getCertificate` in place of headers. */
  readonly headers: CertificateHeaders | null;
  readonly getCertificate: GetCertificate | null;
  readonly authorities: readonly Certificate[];
  /** Whether it can be known that the authority of a certificate is trusted, which `tls_client_auth` needs. */
  readonly provesPaths: boolean;
  /** Without a slash at the end; null: none. */
  readonly aliasesAt: string | null;
}

type Given = SettingsOf<typeof MTLS_OPTIONS>;

const READING_ALONE = { chainHeader: null, verifiedHeader: null, verifiedValue: null, ca: null, aliasesAt: null };

/** For a server that verifies tokens of others. @throws Error with option, fault and remedy; stops the boot */
export function resolveMtlsReading(
  mtls: SettingsOf<typeof MTLS_READING> | null,
  trustProxy: readonly string[],
): MtlsSettings | null {
  return resolveMtls(mtls && { ...READING_ALONE, ...mtls }, { issuerUrl: null, trustProxy });
}

/** @throws Error with option, fault and remedy; stops the boot */
export function resolveMtls(
  mtls: Given | null,
  { issuerUrl, trustProxy }: { readonly issuerUrl: Readonly<URL> | null; readonly trustProxy: readonly string[] },
): MtlsSettings | null {
  if (!mtls) return null;
  if (!mtls.getCertificate && trustProxy.length === 0)
    throw new Error(
      "mtls: without trustProxy nobody's headers are taken. Name the proxy that terminates TLS: trustProxy: ['10.0.0.5'].",
    );
  const headers = resolveHeaders(mtls);
  const authorities = resolveAuthorities(mtls.ca);
  if (authorities.length > 0 && headers?.verified)
    throw new Error(
      'mtls.ca: with verifiedHeader two would say whether a certificate is good. Leave out ca where the proxy verifies, or verifiedHeader.',
    );
  return Object.freeze({
    headers,
    getCertificate: mtls.getCertificate,
    authorities,
    provesPaths: authorities.length > 0 || headers === null || headers.verified !== null,
    aliasesAt: mtls.aliasesAt === null ? null : resolveAlias(mtls.aliasesAt, issuerUrl),
  });
}

function resolveHeaders({ getCertificate, format, ...mtls }: Given): CertificateHeaders | null {
  const { header, chainHeader, verifiedHeader, verifiedValue } = mtls;
  if (getCertificate) {
    if ([format, header, chainHeader, verifiedHeader, verifiedValue].every((one) => one === null)) return null;
    throw new Error(
      'mtls.getCertificate: it reads no headers. Leave out header, format, chainHeader and verifiedHeader.',
    );
  }
  if (header === null && format === 'urlencoded-pem')
    throw new Error('mtls.header: urlencoded-pem has no header of its own. Name the one that the proxy sets.');
  if (chainHeader !== null && (format ?? 'rfc9440') !== 'rfc9440')
    throw new Error(`mtls.chainHeader: ${format} has the chain in the same header. Leave it out.`);
  if (verifiedValue !== null && verifiedHeader === null)
    throw new Error('mtls.verifiedValue: there is no verifiedHeader. Name it, or leave out the value.');
  const named = namedHeaders(mtls, format ?? 'rfc9440');
  const names = [named.header, named.chainHeader, named.verified?.header].filter((name) => typeof name === 'string');
  if (new Set(names).size < names.length) throw new Error('mtls: a header has two meanings. Give each its own.');
  return Object.freeze(named);
}

function namedHeaders(mtls: Omit<Given, 'format' | 'getCertificate'>, format: CertificateFormat): CertificateHeaders {
  const { verifiedHeader, verifiedValue } = mtls;
  const fallback = format === 'xfcc' ? 'X-Forwarded-Client-Cert' : 'Client-Cert';
  return {
    header: (mtls.header ?? fallback).toLowerCase(),
    format,
    chainHeader: format === 'rfc9440' ? (mtls.chainHeader ?? 'Client-Cert-Chain').toLowerCase() : null,
    verified:
      verifiedHeader === null ? null : { header: verifiedHeader.toLowerCase(), value: verifiedValue ?? 'SUCCESS' },
  };
}

function resolveAuthorities(ca: unknown): readonly Certificate[] {
  if (ca === null) return [];
  const texts = [ca].flat() as string[];
  const authorities = texts.flatMap((pem, index) => {
    const option = Array.isArray(ca) ? `mtls.ca[${index}]` : 'mtls.ca';
    return authoritiesIn(option, pem);
  });
  if (authorities.length === 0) throw new Error('mtls.ca: it is empty. Give the certificates of authorities in PEM.');
  return Object.freeze(authorities);
}

function authoritiesIn(option: string, pem: string): Certificate[] {
  let found: Certificate[];
  try {
    found = readPem(pem.trim()).map((der) => Certificate.of(der));
  } catch (error) {
    throw new Error(`${option}: it holds no certificates in PEM. Give those of authorities, e.g. read from a file.`, {
      cause: error,
    });
  }
  for (const certificate of found) {
    const fault = authorityFault(certificate);
    if (fault === null) continue;
    throw new Error(
      `${option}: ${JSON.stringify(certificate.x509.subject)}: ${fault}. Give certificates of authorities, or have the proxy verify (verifiedHeader).`,
    );
  }
  return found;
}

function resolveAlias(address: string, issuer: Readonly<URL> | null): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (!url || !isSafe || url.search || url.hash || url.username || url.password)
    throw new Error(
      `mtls.aliasesAt: ${JSON.stringify(address)} is not a base address. Give e.g. https://mtls.auth.example.com.`,
    );
  const base = url.href.replace(/\/$/, '');
  if (base !== issuer?.href.replace(/\/$/, '')) return base;
  throw new Error('mtls.aliasesAt: it is the issuer. Leave it out where the issuer itself asks for certificates.');
}
