import { addressKey, ClientAddress } from './client-address.js';

const of = (
  peer: string | undefined,
  forwarded?: string,
  trust: string[] = ['10.0.0.0/8', '2001:db8:ffff::/48', 'loopback'],
) =>
  new ClientAddress(trust).of({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    ...(peer !== undefined && { socket: { remoteAddress: peer } }),
  });

describe('T014 client address', () => {
  it.each<[string, string | undefined, string | undefined, string | null]>([
    ['the peer', '203.0.113.1', undefined, '203.0.113.1'],
    ['no socket', undefined, '203.0.113.9', null],
    ['an untrusted peer cannot forward', '203.0.113.1', '198.51.100.1', '203.0.113.1'],
    ['a trusted peer can', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['right to left, over trusted hops', '10.0.0.1', '192.0.2.1, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['only trusted hops', '10.0.0.1', '10.0.0.2', '10.0.0.1'],
    ['a hop that cannot be read ends it', '10.0.0.1', '198.51.100.1, nonsense', '10.0.0.1'],
    ['nothing left of such a hop counts', '10.0.0.1', '198.51.100.1, nonsense, 10.0.0.3', '10.0.0.1'],
    ['no header', '10.0.0.1', undefined, '10.0.0.1'],
    ['IPv4 in IPv6', '::ffff:10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['hexadecimal IPv4 in IPv6 is one address, however written', '::ffff:c633:6401', undefined, '198.51.100.1'],
    ['an IPv6 proxy', '2001:db8:ffff::1', '2001:0DB8:0:0:0:0:0:0001', '2001:db8::1'],
    ['a zone', 'fe80::1%eth0', undefined, 'fe80::1'],
    ['a port', '127.0.0.1', '[2001:db8::1]:443', '2001:db8::1'],
    ['octal-looking numbers are not an address', '10.0.0.1', '0198.51.100.1', '10.0.0.1'],
    ['a number is not an address', '10.0.0.1', '3325256705', '10.0.0.1'],
  ])('%s', (_name, peer, forwarded, expected) => {
    expect(of(peer, forwarded)).toBe(expected);
  });

  it.each([
    '',
    'nonsense',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/x',
    '10.0.0.0/',
    '::1/129',
    '10.0.0/8',
    'true',
    '*',
    '10.0.0.0/8/8',
  ])('stops the boot for trustProxy %j', (entry) => {
    expect(() => new ClientAddress([entry])).toThrow('trustProxy');
  });

  it.each(['linklocal', 'uniquelocal', 'loopback', '10.1.2.3', '::1', 'fc00::/7', '0.0.0.0/0'])(
    'takes trustProxy %j',
    (entry) => {
      expect(() => new ClientAddress([entry])).not.toThrow();
    },
  );

  it.each<[string | null, string]>([
    [null, 'unknown'],
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
  ])('%j counts as %j', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
