import type { LookupAddress } from 'node:dns';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { addressKind } from './address-kind.js';
import { lookUp } from './look-up.js';
import { OutboundFault } from './outbound-fault.js';

export interface GuardedRequestInit {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | null;
  /** From the look-up of the name to the last byte. Default 2000. */
  readonly timeoutMilliseconds?: number;
  /** Default 65536. */
  readonly maxBytes?: number;
}

const DEFAULT_TIMEOUT_MILLISECONDS = 2_000;
const DEFAULT_MAX_BYTES = 65_536;
const MAX_HEADER_BYTES = 16_384;
/** Statuses for which a WHATWG `Response` must not have a body. */
const BODILESS = new Set([204, 205, 304]);

/**
 * The only way in which this project calls an address from configuration or from others (T096): https only, the name resolved once, all
 * its addresses public, the connection pinned to those addresses, no redirects, no proxies, limited in time and size.
 * With `allowPrivateNetwork` loopback and private addresses are allowed too, loopback also by http; link-local ones never are.
 */
export class GuardedFetch {
  constructor(private readonly settings: { readonly allowPrivateNetwork: boolean }) {}

  /**
   * Resolves for any status, also that of a redirect.
   * @throws OutboundFault when there is no response
   */
  async fetch(address: string | URL, init: GuardedRequestInit = {}): Promise<Response> {
    const url = parse(address);
    const deadline = AbortSignal.timeout(init.timeoutMilliseconds ?? DEFAULT_TIMEOUT_MILLISECONDS);
    try {
      const addresses = await lookUp(url.hostname.replace(/^\[(.*)\]$/, '$1'), deadline);
      this.check(url, addresses);
      const incoming = await exchange(url, addresses, init, deadline);
      return toResponse(incoming, await readBody(incoming, init.maxBytes ?? DEFAULT_MAX_BYTES));
    } catch (error) {
      throw toFault(error, url, deadline);
    }
  }

  private check(url: URL, addresses: readonly LookupAddress[]): void {
    const kinds = new Set(addresses.map(({ address }) => addressKind(address)));
    // One bad address is enough to refuse the name: we do not control which address a connection uses.
    const reachable = [...kinds].every(
      (kind) => kind === 'public' || (kind !== 'forbidden' && this.settings.allowPrivateNetwork),
    );
    const secure = url.protocol === 'https:' || (kinds.size === 1 && kinds.has('loopback'));
    if (addresses.length > 0 && reachable && secure) return;
    const why = reachable ? 'plain http is for loopback only' : 'an address of it is not public';
    throw new OutboundFault('address_refused', `${url.host}: ${why}`);
  }
}

function parse(address: string | URL): URL {
  const url = URL.canParse(String(address)) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw new OutboundFault('address_refused', 'not an http(s) address, or one that contains credentials');
  }
  return url;
}

function exchange(
  url: URL,
  addresses: readonly LookupAddress[],
  init: GuardedRequestInit,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const body = init.body === undefined || init.body === null ? null : Buffer.from(String(init.body));
  const options: RequestOptions = {
    method: init.method ?? 'GET',
    headers: { 'accept-encoding': 'identity', ...(body && { 'content-length': body.length }), ...init.headers },
    // A new connection: a pooled one may lead to an address that this call has not checked.
    agent: false,
    lookup: pinnedTo(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    signal,
  };
  return new Promise((done, failed) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    send(url, options, done)
      .on('error', failed)
      .end(body ?? undefined);
  });
}

function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) return callback(null, [...addresses]);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}

async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // We asked for no compression. Unpacking anyway could turn a small body into a huge one.
    if (encoding !== 'identity') throw new OutboundFault('malformed_answer', 'the answer is compressed');
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new OutboundFault('answer_too_large', `the answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    incoming.destroy();
  }
}

function toResponse(incoming: IncomingMessage, body: Buffer): Response {
  const status = incoming.statusCode ?? 0;
  if (status < 200 || status > 599) throw new OutboundFault('malformed_answer', `the status ${status} does not exist`);
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  }
  return new Response(BODILESS.has(status) ? null : new Uint8Array(body), { status, headers });
}

function toFault(error: unknown, url: URL, deadline: AbortSignal): OutboundFault {
  if (error instanceof OutboundFault) return error;
  if (deadline.aborted) return new OutboundFault('timeout', `${url.host}: no answer in time`);
  const code = String((error as { code?: unknown } | null)?.code ?? 'error');
  const malformed = code.startsWith('HPE_') || error instanceof TypeError;
  return new OutboundFault(malformed ? 'malformed_answer' : 'unreachable', `${url.host}: ${code}`);
}
