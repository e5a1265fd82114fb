import { BlockList, isIP } from 'node:net';

/**
 * `private`: RFC 1918, RFC 4193, RFC 6598. `forbidden`: link-local (where cloud metadata is served), unspecified, multicast, reserved,
 * documentation and every form that embeds another address (mapped, NAT64, 6to4, Teredo).
 */
export type AddressKind = 'public' | 'loopback' | 'private' | 'forbidden';

const LOOPBACK = listOf(['127.0.0.0/8'], ['::1/128']);
const PRIVATE = listOf(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'], ['fc00::/7']);
const FORBIDDEN = listOf(
  [
    '0.0.0.0/8',
    '169.254.0.0/16',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
  ],
  ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
);
/** All IPv6 addresses that are routed today (RFC 4291 2.4); everything else is refused without a list. */
const GLOBAL_UNICAST = listOf([], ['2000::/3']);

/** What kind of network an IP address belongs to. A text that is not an address is forbidden. */
export function addressKind(address: string): AddressKind {
  const version = isIP(address);
  // A zone (`%`) names an interface of this machine, so the address is link-local.
  if (version === 0 || address.includes('%')) return 'forbidden';
  const family = version === 6 ? 'ipv6' : 'ipv4';
  // Refused outright: `check` would apply the IPv4 rules to a mapped address.
  if (family === 'ipv6' && isMapped(address)) return 'forbidden';
  if (LOOPBACK.check(address, family)) return 'loopback';
  if (PRIVATE.check(address, family)) return 'private';
  if (FORBIDDEN.check(address, family)) return 'forbidden';
  return family === 'ipv4' || GLOBAL_UNICAST.check(address, family) ? 'public' : 'forbidden';
}

const MAPPED = listOf([], ['::ffff:0:0/96']);

function isMapped(address: string): boolean {
  return MAPPED.check(address, 'ipv6');
}

function listOf(ipv4: readonly string[], ipv6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of ipv4) list.addSubnet(...partsOf(subnet), 'ipv4');
  for (const subnet of ipv6) list.addSubnet(...partsOf(subnet), 'ipv6');
  return list;
}

function partsOf(subnet: string): [network: string, prefix: number] {
  const [network, prefix] = subnet.split('/');
  return [network!, Number(prefix)];
}
