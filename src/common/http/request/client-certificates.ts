import type { IncomingMessage } from 'node:http';
import { Certificate } from '../../certificates/certificate.js';
import { readCertificates, readPem, type ReadCertificates } from '../../certificates/certificate-headers.js';
import { judged, type ClientCertificate } from '../../certificates/client-certificate.js';
import type { Clock } from '../../clock.js';
import { AuthError } from '../../errors/auth-error.js';
import type { CertificateHeaders, GetCertificate, MtlsSettings } from '../../options/mtls-options.js';
import type { ClientAddress } from './client-address.js';

/** The certificates of clients, as a trusted proxy tells them (RFC 9440). Of a request whose peer is none there are no certificates. */
export class ClientCertificates {
  private readonly known = new WeakMap<IncomingMessage, ClientCertificate | null>();
  /** All that may be believed of a trusted proxy alone. */
  private readonly names: readonly string[];

  constructor(
    private readonly settings: Pick<MtlsSettings, 'headers' | 'getCertificate' | 'authorities'> | null,
    private readonly addresses: ClientAddress,
    private readonly clock: Clock,
  ) {
    const { header, chainHeader, verified } = settings?.headers ?? {};
    this.names = [header, chainHeader, verified?.header].filter((name) => typeof name === 'string');
  }

  /**
   * The certificate of a request; null without one.
   * @throws AuthError 400 `invalid_request` when a trusted proxy's headers are malformed, or there several times
   */
  of(request: IncomingMessage): ClientCertificate | null {
    if (!this.settings) return null;
    const known = this.known.get(request);
    if (known !== undefined) return known;
    const { headers, getCertificate } = this.settings;
    const found = headers ? this.fromHeaders(request, headers) : this.fromHost(request, getCertificate!);
    this.known.set(request, found);
    return found;
  }

  /** Takes the headers out of a request that comes from anybody but a trusted proxy, so that nobody after us believes them (RFC 9440 4). */
  strip(request: IncomingMessage): void {
    if (!this.names.some((name) => request.headers[name] !== undefined) || this.addresses.isProxied(request)) return;
    for (const name of this.names) delete request.headers[name];
  }

  private fromHeaders(request: IncomingMessage, { header, format, chainHeader, verified }: CertificateHeaders) {
    if (!this.addresses.isProxied(request)) return null;
    const value = only(request, header);
    // A list may be sent in several lines (RFC 9110 5.3); Node has joined them.
    const chain = chainHeader === null ? undefined : given(request, chainHeader);
    if (value === undefined) {
      if (chain !== undefined) throw malformed('a chain without its certificate');
      return null;
    }
    const verdict = verified && only(request, verified.header);
    const { certificate, chain: above } = readOrRefuse(() => readCertificates(format, value, chain));
    return this.judged(certificate, above, verified && verdict === verified.value);
  }

  private fromHost(request: IncomingMessage, find: GetCertificate): ClientCertificate | null {
    const found = find(request);
    if (!found) return null;
    const { certificate, chain } = readOrRefuse((): ReadCertificates => {
      const [first, ...others] = [found.certificate, ...(found.chain ?? [])].flatMap(encoded);
      return { certificate: Certificate.of(first!), chain: others.map((one) => Certificate.of(one)) };
    });
    const isOurs = found.verified === undefined && this.settings!.authorities.length > 0;
    return this.judged(certificate, chain, isOurs ? null : found.verified === true);
  }

  private judged(certificate: Certificate, chain: readonly Certificate[], isVerified: boolean | null) {
    return judged(certificate, chain, { isVerified, authorities: this.settings!.authorities, now: this.clock.now() });
  }
}

/** A header's value; undefined where it is not there, or empty. */
function given(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value.join(', ') : value;
  return text === '' ? undefined : text;
}

/** The same of a header that is there once: of several, one may be the client's own. */
function only(request: IncomingMessage, name: string): string | undefined {
  const times = (request.rawHeaders ?? []).filter((one, index) => index % 2 === 0 && one.toLowerCase() === name).length;
  if (times > 1) throw malformed(`${name} is there ${times} times`);
  return given(request, name);
}

function readOrRefuse(read: () => ReadCertificates): ReadCertificates {
  try {
    return read();
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
}

function encoded(one: Uint8Array | string): Buffer[] {
  return typeof one === 'string' ? readPem(one.trim()) : [Buffer.from(one)];
}

function malformed(detail: string): AuthError {
  return AuthError.invalidRequest('The client certificate is malformed', `certificate: ${detail}`);
}
