import { Logger } from '@nestjs/common';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { header } from './headers.js';
import type { GuardedRequest } from './request-context.js';

const NAMED_RANGES: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Headers that show a proxy in front. Only the first is read. */
const FORWARDING = ['x-forwarded-for', 'forwarded'] as const;
const SPELLED = { 'x-forwarded-for': 'X-Forwarded-For', forwarded: 'Forwarded' } as const;

/** An address, or a range with its length written out: `10.0.0.0/` must not mean everybody. No zone: BlockList does not take one. */
const CIDR = /^([^/%]+)(?:\/(\d{1,3}))?$/;
/** IPv4-mapped IPv6, as URLs write it. */
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** Peers that are likely to be the host's own proxy: these addresses cannot be reached over the Internet. */
const NEAR: readonly string[] = [...Object.values(NAMED_RANGES).flat(), '100.64.0.0/10'];

/** The address of the client, as far as trusted proxies tell (T013, T014). */
export class ClientAddress {
  private readonly logger = new Logger('ClientAddress');
  private readonly trusted = new BlockList();
  private readonly near = new BlockList();
  private hasWarned = false;

  /** @throws Error naming an entry that is not an address, a range or a known name; stops the boot */
  constructor(trustProxy: readonly string[]) {
    for (const entry of trustProxy.flatMap((name) => NAMED_RANGES[name] ?? [name])) this.trust(entry);
    for (const { address, prefix, family } of NEAR.map((text) => parseRange(text)!))
      this.near.addSubnet(address, prefix, family);
  }

  /** Whether the peer itself is a trusted proxy, so that headers of its own may be believed. */
  isProxied(request: Pick<GuardedRequest, 'raw' | 'socket'>): boolean {
    const peer = canonical((request.raw?.socket ?? request.socket)?.remoteAddress);
    return peer !== null && this.isTrusted(peer);
  }

  /** Address of the client: the right-most hop that is not a trusted proxy. Null when it cannot be known. */
  of(request: GuardedRequest): string | null {
    const peer = canonical((request.raw?.socket ?? request.socket)?.remoteAddress);
    if (!peer || !this.isTrusted(peer)) return peer;
    const hops = (header(request.headers, 'x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
    for (const hop of hops.reverse()) {
      const address = canonical(hop);
      // A proxy that we trust does not write an unreadable hop, so everything left of it is worthless.
      if (!address) return peer;
      if (!this.isTrusted(address)) return address;
    }
    return peer;
  }

  /**
   * Warns once about a proxy in front that is not trusted: all who come through it then share its address, and its limits. Called for every
   * request, so it checks headers first.
   */
  notice(request: GuardedRequest): void {
    if (this.hasWarned) return;
    const name = FORWARDING.find((one) => request.headers[one] !== undefined);
    if (name === undefined) return;
    const peer = canonical((request.raw?.socket ?? request.socket)?.remoteAddress);
    const remedy = peer && this.remedyFor(peer, name);
    if (!remedy) return;
    this.hasWarned = true;
    this.logger.warn(
      `trustProxy: ${peer} sends ${SPELLED[name]} and is not trusted, so all clients behind it share one address and its limits. ${remedy}`,
    );
  }

  private remedyFor(peer: string, name: (typeof FORWARDING)[number]): string | null {
    const isNear = this.near.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4');
    if (!this.isTrusted(peer))
      return isNear ? `If it is your proxy, add it: trustProxy: ['${peer}'], or its range or 'loopback'.` : null;
    return name === 'forwarded' ? 'Have it send X-Forwarded-For, the one header that is read.' : null;
  }

  private isTrusted(address: string): boolean {
    return this.trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  private trust(entry: string): void {
    const range = parseRange(entry);
    if (!range) {
      throw new Error(
        `trustProxy: ${JSON.stringify(entry)} is not an address or a CIDR range. Give e.g. '10.0.0.0/8' or 'loopback'.`,
      );
    }
    this.trusted.addSubnet(range.address, range.prefix, range.family);
  }
}

export interface AddressRange {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Parses an address or a CIDR range. @returns null when it is neither */
export function parseRange(text: string): AddressRange | null {
  const [, address = '', bits] = CIDR.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return null;
  const width = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? width : Number(bits);
  return prefix > width ? null : { address, prefix, family: version === 6 ? 'ipv6' : 'ipv4' };
}

/** The key of limits by address: an IPv4 address, or the /64 of an IPv6 one, since a single line has that many addresses (T014). */
export function addressKey(address: string | null | undefined): string {
  if (!address) return 'unknown';
  return isIPv6(address) ? `${expandIPv6(address).slice(0, 4).join(':')}::/64` : address;
}

function canonical(text: string | undefined): string | null {
  if (!text) return null;
  const bare = text
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '');
  if (isIP(bare) === 0) return null;
  if (!isIPv6(bare)) return bare;
  const address = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = MAPPED.exec(address);
  return mapped ? dotted(Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)) : address;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function expandIPv6(address: string): string[] {
  const [left = '', right] = address.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
}
