import { randomBytes, randomInt } from 'node:crypto';
import type { TestApp } from '../support/app.js';
import { authority, C, CLIENT_AUTH, CN, extension, issue, O, rfc9440 } from '../support/certificates.js';
import { sequence, tlv, utf8 } from '../support/der.js';
import { askAs, clientCert, createMtlsApp, holder, outcome, REFUSED } from '../support/mtls.js';

const root = authority();
const names = { dns: ['client.example'], uri: ['spiffe://a'], ip: [Buffer.of(10, 0, 0, 1)], email: ['a@b.example'] };
const one = issue({
  subject: [
    [C, 'DE'],
    [O, 'Bank'],
    [CN, 'client'],
  ],
  issuer: root,
  names,
  purposes: [CLIENT_AUTH],
  keyUsage: 0x80,
});
const SUBJECTS = {
  dn: { tls_client_auth_subject_dn: 'CN=client,O=Bank,C=DE' },
  dns: { tls_client_auth_san_dns: 'client.example' },
  ip: { tls_client_auth_san_ip: '10.0.0.1' },
};

describe('certificates that somebody has tampered with', () => {
  let host: TestApp;
  beforeAll(async () => {
    const clients = Object.entries(SUBJECTS).map(([name, subject]) => holder(name, subject));
    const self = holder('self', { jwks: { keys: [one.jwk] } }, 'self_signed_tls_client_auth');
    // A proxy that says yes to everything: what is read of the certificate is all that is left to check.
    host = await createMtlsApp({ verifiedHeader: 'X-Verified', verifiedValue: 'yes' }, [...clients, self]);
  });
  afterAll(() => host.close());

  const ask = async (clientId: string, der: Buffer) =>
    askAs(host, clientId, { 'client-cert': rfc9440({ der }), 'x-verified': 'yes' });

  it('RFC 9440 2: 600 times other bytes in it are never an error of ours', async () => {
    expect(outcome(await ask('dn', one.der))).toBe(200);
    for (let times = 0; times < 600; times += 1) {
      const der = Buffer.from(one.der);
      for (let changes = randomInt(1, 4); changes > 0; changes -= 1) der[randomInt(der.length)] = randomBytes(1)[0]!;
      const cut = randomInt(10) === 0 ? der.subarray(0, randomInt(der.length)) : der;
      const { status } = await ask(['dn', 'dns', 'ip', 'self'][times % 4]!, cut);
      expect({ status, der: [200, 400, 401].includes(status) ? '' : cut.toString('hex') }).toEqual({ status, der: '' });
    }
  });

  const san = (...parts: Buffer[]) => [extension('2.5.29.17', sequence(...parts))];
  const dns = (text: string) => tlv(0x82, Buffer.from(text));

  it.each<[string, string, Buffer[]]>([
    ['a name with a NUL', 'dns', san(dns('client.example\0.evil.example'))],
    ['a pattern', 'dns', san(dns('*.example'))],
    ['two names in one', 'dns', san(dns('evil.example, DNS:client.example'))],
    ['a space behind it', 'dns', san(dns('client.example '))],
    ['a dot behind it', 'dns', san(dns('client.example.'))],
    ['the name as an address', 'dns', san(tlv(0x86, Buffer.from('client.example')))],
    ['the name as a mailbox', 'dns', san(tlv(0x81, Buffer.from('client.example')))],
    ['a letter that looks like another', 'dns', san(dns('client.examplе'))],
    ['the name in another name', 'dns', san(tlv(0xa0, dns('client.example')))],
    ['the name in the wrong extension', 'dns', [extension('2.5.29.18', sequence(dns('client.example')))]],
    ['the address as a text', 'ip', san(tlv(0x87, Buffer.from('10.0.0.1')))],
    ['the address with a mask', 'ip', san(tlv(0x87, Buffer.of(10, 0, 0, 1, 255, 255, 255, 255)))],
    ['the address as a name', 'ip', san(dns('10.0.0.1'))],
    [
      'a list that is cut',
      'dns',
      [extension('2.5.29.17', Buffer.concat([Buffer.of(0x30, 0x20), dns('client.example')]))],
    ],
    ['names that are no list', 'dns', [extension('2.5.29.17', utf8('client.example'))]],
    ['two lists', 'dns', [...san(dns('client.example')), ...san(dns('client.example'))]],
  ])('T161, RFC 8705 2.1.2: %s is not the name (%s)', async (_what, clientId, extensions) => {
    const forged = issue({ issuer: root, extensions });
    expect(outcome(await ask(clientId, forged.der))).toEqual(REFUSED);
  });

  it('RFC 8705 2.1.2: the name among others is', async () => {
    const good = issue({ issuer: root, extensions: san(dns('a.example'), dns('CLIENT.example')) });
    expect(outcome(await ask('dns', good.der))).toBe(200);
  });

  it('RFC 9440 2: a verdict of the proxy does not make an expired certificate good', async () => {
    const expired = issue({ issuer: root, names, days: [-2, -1] });
    expect(outcome(await ask('dns', expired.der))).toEqual(REFUSED);
    expect(outcome(await askAs(host, 'dns', clientCert(one)))).toEqual(REFUSED);
  });
});
