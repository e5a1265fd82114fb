import { addressKind, type AddressKind } from './address-kind.js';

const ADDRESSES: Record<AddressKind, string[]> = {
  public: ['1.1.1.1', '8.8.8.8', '100.63.255.255', '172.32.0.1', '192.167.1.1', '2606:4700:4700::1111', '2a00:1450::1'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '100.64.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
  forbidden: [
    '0.0.0.0',
    '169.254.169.254',
    '192.0.0.170',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::8.8.8.8',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '3fff::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'localhost',
    '127.1',
    '',
  ],
};

describe('T096 addressKind', () => {
  it.each(Object.entries(ADDRESSES).flatMap(([kind, list]) => list.map((address) => [address, kind])))(
    '%p is %s',
    (address, kind) => {
      expect(addressKind(address!)).toBe(kind);
    },
  );
});
