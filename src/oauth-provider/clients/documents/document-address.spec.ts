import { documentAddressFault } from './document-address.js';

const GOOD = [
  'https://client.example/id',
  'https://client.example/id.json',
  'https://client.example:8443/a/b/c',
  'https://client.example/a?version=2',
  'https://xn--bcher-kva.example/client',
  'https://client.example/a%20b',
  'https://client.example/..a/b..',
];

/** H1: by what is wrong. */
const BAD: Record<string, readonly string[]> = {
  scheme: [
    'http://client.example/id',
    'HTTPS://client.example/id',
    'https:/client.example/id',
    'https:client.example/id',
    'ftp://client.example/id',
    'javascript:alert(1)//https://client.example/id',
    'data:application/json,{}',
    ' https://client.example/id',
  ],
  path: [
    'https://client.example',
    'https://client.example/',
    'https://client.example?a=b',
    'https://client.example/?a=b',
  ],
  segments: [
    'https://client.example/a/../b',
    'https://client.example/./id',
    'https://client.example/a/..',
    'https://client.example/a/.',
    'https://client.example/a/%2e%2e/b',
    'https://client.example/%2E/id',
    'https://client.example/a/.%2e/b',
    'https://client.example/a/%2e./b',
  ],
  fragment: ['https://client.example/id#x', 'https://client.example/id#'],
  userinfo: [
    'https://user@client.example/id',
    'https://user:word@client.example/id',
    'https://@client.example/id',
    'https://:@client.example/id',
    'https://client.example@evil.example/id',
    'https://client.example%40evil.example/id',
  ],
  characters: [
    'https://client.example\\@evil.example/id',
    'https://client.example\\id',
    'https:\\\\client.example/id',
    'https://client.example/a b',
    'https://client.example/id\n',
    'https://client.example/\tid',
    'https://client.example/\u0000',
    'https://client.example/%zz',
    'https://client.example/é',
    'https://clïent.example/id',
    'https://client。example/id',
    'https://*.client.example/id',
    'https://client.example/id ',
  ],
  host: [
    'https://client.example:/id',
    'https://client.example:0443/id',
    'https://client.example:99999/id',
    'https://client.example./id',
    'https:///id',
    'https://:443/id',
    'https://0x7f.1/id',
    'https://2130706433/id',
    'https://0177.0.0.1/id',
    'https://127.1/id',
  ],
  network: [
    'https://localhost/id',
    'https://a.localhost/id',
    'https://printer/id',
    'https://printer.local/id',
    'https://vault.internal/id',
    'https://box.home.arpa/id',
    'https://127.0.0.1/id',
    'https://127.255.255.254/id',
    'https://[::1]/id',
    'https://10.0.0.1/id',
    'https://172.16.0.1/id',
    'https://192.168.1.1/id',
    'https://100.64.0.1/id',
    'https://169.254.169.254/latest/meta-data/',
    'https://0.0.0.0/id',
    'https://[::]/id',
    'https://[fc00::1]/id',
    'https://[fd12:3456::1]/id',
    'https://[fe80::1]/id',
    'https://[::ffff:127.0.0.1]/id',
    'https://[::ffff:7f00:1]/id',
    'https://[64:ff9b::7f00:1]/id',
    'https://[2002:7f00:1::1]/id',
    'https://[2001::1]/id',
    'https://[2001:db8::1]/id',
    'https://[ff02::1]/id',
    'https://192.0.2.1/id',
    'https://198.18.0.1/id',
    'https://203.0.113.1/id',
    'https://224.0.0.1/id',
    'https://255.255.255.255/id',
  ],
};

describe('H1 CIMD 3: which client ids are addresses of documents', () => {
  it.each(GOOD)('H1 %s is one', (id) => expect(documentAddressFault(id, false)).toBeNull());

  it.each(Object.entries(BAD).flatMap(([kind, ids]) => ids.map((id) => [kind, id] as const)))(
    'H1 T163 by its %s, %j is none',
    (_, id) => expect(documentAddressFault(id, false)).not.toBeNull(),
  );

  it('H10 in development the own network is reached, but nothing that only pretends to be it', () => {
    for (const id of ['https://localhost:8443/id', 'https://127.0.0.1/id', 'https://10.0.0.1/id'])
      expect(documentAddressFault(id, true)).toBeNull();
    for (const id of ['https://169.254.169.254/id', 'https://[::ffff:127.0.0.1]/id', 'https://0.0.0.0/id'])
      expect(documentAddressFault(id, true)).not.toBeNull();
  });
});
