import { generateKeyPairSync } from 'node:crypto';
import { AuthEvents } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import * as made from '../support/certificates.js';
import { submit } from '../support/client-auth.js';
import { sequence, tlv } from '../support/der.js';
import { askAs, clientCert, createMtlsApp, holder, outcome, REFUSED } from '../support/mtls.js';

const { authority, extension, issue, nameOf, C, CN, CLIENT_AUTH, O, SERVER_AUTH } = made;
const CA_BIT = 0x04;
const SIGN_BIT = 0x80;

describe('tls_client_auth', () => {
  const root = authority();
  const between = authority('Between', { issuer: root, ca: { pathLength: 0 }, keyUsage: CA_BIT });
  const subject = [
    [C, 'DE'],
    [O, 'Bank, Inc.'],
    [CN, 'client'],
  ] as const;
  const names = {
    dns: ['other.example', 'Client.Example'],
    uri: ['https://client.example/id', 'spiffe://example/client'],
    ip: [Buffer.of(192, 0, 2, 7), Buffer.from('20010db8000000000000000000000001', 'hex')],
    email: ['client@Example.com'],
  };
  const good = issue({ subject, issuer: root, names, purposes: [CLIENT_AUTH], keyUsage: SIGN_BIT });
  let host: TestApp;
  beforeAll(async () => {
    const clients = [
      holder('dn', { tls_client_auth_subject_dn: 'CN=client, O=Bank\\, Inc., C=DE' }),
      holder('dn-other', { tls_client_auth_subject_dn: 'CN=client,O=Bank,C=DE' }),
      holder('dn-reversed', { tls_client_auth_subject_dn: 'C=DE,O=Bank\\, Inc.,CN=client' }),
      holder('dns', { tls_client_auth_san_dns: 'client.example' }),
      holder('dns-other', { tls_client_auth_san_dns: 'evil.client.example' }),
      holder('uri', { tls_client_auth_san_uri: 'spiffe://example/client' }),
      holder('uri-other', { tls_client_auth_san_uri: 'spiffe://example/Client' }),
      holder('ip', { tls_client_auth_san_ip: '192.0.2.7' }),
      holder('ipv6', { tls_client_auth_san_ip: '2001:DB8:0::1' }),
      holder('ip-other', { tls_client_auth_san_ip: '::ffff:192.0.2.7' }),
      holder('email', { tls_client_auth_san_email: 'client@example.com' }),
      holder('email-other', { tls_client_auth_san_email: 'Client@example.com' }),
      holder('none', {}, 'client_secret_basic'),
    ].map((one) => (one.clientId === 'none' ? { ...one, clientSecret: 'secret of none' } : one));
    host = await createMtlsApp({ ca: root.pem }, clients);
  });
  afterAll(() => host.close());

  it.each([['dn'], ['dns'], ['uri'], ['ip'], ['ipv6'], ['email']])(
    'RFC 8705 2.1.2: %s is whose certificate it is',
    async (clientId) => {
      const answer = await askAs(host, clientId, clientCert(good));
      expect(outcome(answer)).toBe(200);
      expect(answer.headers.get('cache-control')).toContain('no-store');
      expect(answer.body.token_type).toBe('Bearer');
    },
  );

  it.each([['dn-other'], ['dn-reversed'], ['dns-other'], ['uri-other'], ['ip-other'], ['email-other']])(
    'T161, RFC 8705 2.1.2: %s is not',
    async (clientId) => {
      expect(outcome(await askAs(host, clientId, clientCert(good)))).toEqual(REFUSED);
    },
  );

  it('RFC 8705 2: without a certificate, without client_id, and of an unknown client', async () => {
    expect(outcome(await askAs(host, 'dn'))).toEqual(REFUSED);
    expect(outcome(await askAs(host, '', clientCert(good)))).toEqual(REFUSED);
    expect(outcome(await askAs(host, 'nobody', clientCert(good)))).toEqual(REFUSED);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a secret', {}, { client_secret: 'x' }],
    ['HTTP Basic', { authorization: `Basic ${btoa('dn:x')}` }, {}],
    ['HTTP Basic without a secret', { authorization: `Basic ${btoa('dn:')}` }, {}],
  ])('RFC 8705 2: no other authentication beside the certificate: %s', async (_what, headers, fields) => {
    expect(outcome(await askAs(host, 'dn', { ...clientCert(good), ...headers }, fields))).toEqual(REFUSED);
  });

  it('RFC 8705 2: a client with a secret does not prove itself by a certificate', async () => {
    expect(outcome(await askAs(host, 'none', clientCert(good)))).toEqual(REFUSED);
  });

  it('RFC 8705 2: introspection and revocation take it as well', async () => {
    const { access_token: token } = (await askAs(host, 'dn', clientCert(good))).body;
    const asked = await submit(host, 'oauth2/introspect', { token, client_id: 'dn' }, clientCert(good));
    expect(asked.body).toMatchObject({ active: true, client_id: 'dn' });
    expect(outcome(await submit(host, 'oauth2/introspect', { token, client_id: 'dn' }))).toEqual(REFUSED);
    expect(outcome(await submit(host, 'oauth2/revoke', { token, client_id: 'dn' }))).toEqual(REFUSED);
    expect(outcome(await submit(host, 'oauth2/revoke', { token, client_id: 'dn' }, clientCert(good)))).toBe(200);
    const again = await submit(host, 'oauth2/introspect', { token, client_id: 'dn' }, clientCert(good));
    expect(again.body).toEqual({ active: false });
  });

  const client = (wanted: made.Wanted = {}) => issue({ subject, issuer: root, ...wanted });
  const deep = authority('Deep', { issuer: between });
  const stranger = authority();
  const keyOf = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
  const strong = authority('Strong', { issuer: root, key: keyOf(2048) });
  const nameConstraints = extension('2.5.29.30', sequence(tlv(0xa0, sequence(tlv(0x82, Buffer.from('example'))))));

  it.each<[string, made.Issued, made.Issued[]]>([
    ['signed by the root', client(), []],
    ['signed by another below it', client({ issuer: between }), [between]],
    ['with the root in the chain', client({ issuer: between }), [between, root]],
    ['with the chain in another order', client({ issuer: between }), [root, between]],
    ['with strangers in the chain', client(), [stranger, between]],
    ['without purposes', client(), []],
    ['by an authority with a key of RSA', client({ issuer: strong }), [strong]],
    ['for any purpose', client({ purposes: ['2.5.29.37.0'] }), []],
    ['with an extension that nobody need understand', client({ extensions: [extension('1.2.3.4', tlv(0x05))] }), []],
  ])('RFC 8705 2.1, RFC 5280 6: a path is good %s', async (_how, one, chain) => {
    expect(outcome(await askAs(host, 'dn', clientCert(one, ...chain)))).toBe(200);
  });

  const notAnAuthority = issue({ subject: [[CN, 'Leaf']], issuer: root });
  const saysNo = issue({
    subject: [[CN, 'Leaf']],
    issuer: root,
    extensions: [extension('2.5.29.19', sequence(), true)],
  });
  const withoutSigning = authority('No signing', { issuer: root, keyUsage: SIGN_BIT });
  const expired = authority('Expired', { issuer: root, days: [-2, -1] });
  const servers = authority('Servers', { issuer: root, purposes: [SERVER_AUTH] });
  const constrained = authority('Constrained', { issuer: root, extensions: [nameConstraints] });
  const weak = authority('Weak', { issuer: root, key: keyOf(1024) });

  it.each<[string, made.Issued, made.Issued[], string]>([
    ['signed by itself', issue({ subject }), [], 'no path leads'],
    ['of an authority of the same name', client({ issuer: stranger }), [], 'no path leads'],
    [
      'of an authority of the same name, which is in the chain',
      client({ issuer: stranger }),
      [stranger],
      'no path leads',
    ],
    ['without what stands between', client({ issuer: between }), [], 'no path leads'],
    ['that has expired', client({ days: [-2, -1] }), [], 'it has expired'],
    ['that is not valid yet', client({ days: [1, 2] }), [], 'it has expired'],
    ['for servers', client({ purposes: [SERVER_AUTH] }), [], 'not for the authentication'],
    ['for signing certificates', client({ keyUsage: CA_BIT }), [], 'not for the authentication'],
    [
      'with a critical extension that is unknown',
      client({ extensions: [extension('1.2.3.4', tlv(0x05), true)] }),
      [],
      '1.2.3.4 is not understood',
    ],
    ['with an extension twice', client({ extensions: [0, 1].map(() => extension('1.2.3.4', tlv(0x05))) }), [], 'twice'],
    ['by a certificate of no authority', client({ issuer: notAnAuthority }), [notAnAuthority], 'no path leads'],
    ['by a certificate that says that it is of no authority', client({ issuer: saysNo }), [saysNo], 'no path leads'],
    ['by an authority that may not sign', client({ issuer: withoutSigning }), [withoutSigning], 'no path leads'],
    ['by an authority that has expired', client({ issuer: expired }), [expired], 'no path leads'],
    ['by an authority for servers', client({ issuer: servers }), [servers], 'no path leads'],
    ['by an authority for certain names', client({ issuer: constrained }), [constrained], 'no path leads'],
    ['below the limit of its path', client({ issuer: deep }), [deep, between], 'no path leads'],
    ['signed with SHA-1', client({ hash: 'sha1' }), [], 'no path leads'],
    ['by a key that is too short', client({ issuer: weak }), [weak], 'no path leads'],
  ])('T161, RFC 8705 2.1, RFC 5280 6: a path is none %s', async (_how, one, chain, reason) => {
    const heard: string[] = [];
    const stop = host.app.get(AuthEvents).on('oauth-client.authentication-failed', (event) => {
      heard.push(event.reason);
    });
    expect(outcome(await askAs(host, 'dn', clientCert(one, ...chain)))).toEqual(REFUSED);
    stop();
    expect(heard).toEqual([expect.stringContaining(reason)]);
  });

  it('RFC 5280 4.1.2.4: a subject that is no name is nobody’s', async () => {
    const name = nameOf([[CN, 'client']]);
    const broken = client({ subject: name.fill(0xff, name.length - 6) });
    expect(outcome(await askAs(host, 'dn', clientCert(broken)))).not.toBe(200);
  });
});
