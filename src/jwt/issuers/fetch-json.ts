import { BlockList, isIP } from 'node:net';

const TIMEOUT_MILLISECONDS = 5_000;
const MAX_BYTES = 256 * 1_024;

/** Addresses of this machine and of inner networks, where an issuer on the internet has no key set. */
const INNER = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  INNER.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['::ffff:0:0', 96],
] as const)
  INNER.addSubnet(network, prefix, 'ipv6');

/** Why an address is not to be fetched; null when it may be. */
export function checkFetchable(address: unknown, allowLoopback: boolean): string | null {
  if (typeof address !== 'string' || !URL.canParse(address)) return 'is no address';
  const url = new URL(address);
  if (url.username || url.password || url.hash) return 'carries credentials or a fragment';
  const loopback = isLoopback(url.hostname);
  if (loopback && allowLoopback) return /^https?:$/.test(url.protocol) ? null : 'is not http(s)';
  if (url.protocol !== 'https:') return 'is not https';
  return loopback || isInner(url.hostname) ? 'is an address of this machine or of an inner network' : null;
}

/**
 * Fetches a JSON object of a trusted issuer: no redirect is followed, the answer has 5 seconds and 256 KiB.
 * @throws Error for whatever goes wrong
 */
export async function fetchJson(address: string, allowLoopback: boolean): Promise<Record<string, unknown>> {
  const fault = checkFetchable(address, allowLoopback);
  if (fault) throw new Error(`${address} ${fault}`);
  const response = await fetch(address, {
    redirect: 'error',
    headers: { accept: 'application/json, application/jwk-set+json' },
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  if (response.status !== 200 || !response.body) throw new Error(`${address} answered ${response.status}`);
  const document: unknown = JSON.parse(await readText(response.body, address));
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error(`${address} answered no JSON object`);
  return document as Record<string, unknown>;
}

async function readText(body: AsyncIterable<Uint8Array>, address: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`${address} answered more than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}

function isInner(hostname: string): boolean {
  const plain = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(plain);
  return family !== 0 && INNER.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}
