import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestApp } from '../support/app.js';
import { issue, type Issued } from '../support/certificates.js';
import { askAs, clientCert, createMtlsApp, holder, outcome, REFUSED } from '../support/mtls.js';
import { insertOldClient } from '../support/old-clients.js';

const base64 = ({ der }: Issued) => der.toString('base64');

describe('self_signed_tls_client_auth', () => {
  const one = issue();
  const renewed = issue({ key: one.privateKey });
  const other = issue();
  const expired = issue({ days: [-2, -1] });
  const early = issue({ days: [1, 2] });
  let published: object[] = [];
  let [fetches, broken] = [0, false];
  let host: TestApp;
  const keyServer: Server = createServer((_, response) => {
    fetches += 1;
    response.writeHead(broken ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: published }));
  });
  const byKeys = (clientId: string, ...keys: object[]) =>
    holder(clientId, { jwks: { keys } }, 'self_signed_tls_client_auth');

  beforeAll(async () => {
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
    const { port } = keyServer.address() as AddressInfo;
    const address = (name: string) => ({ jwks_uri: `http://127.0.0.1:${port}/${name}` });
    const clients = [
      byKeys('key', one.jwk),
      byKeys('several', { ...other.jwk, kid: 'a' }, { ...one.jwk, kid: 'b' }),
      byKeys('encrypts', { ...one.jwk, use: 'enc' }),
      byKeys('x5c', { ...one.jwk, x5c: [base64(one)] }),
      byKeys('thumbprint', { ...one.jwk, 'x5t#S256': one.thumbprint }),
      byKeys('expired', expired.jwk),
      byKeys('early', early.jwk),
      ...['rotates', 'hostile', 'down', 'odd'].map((name) =>
        holder(name, address(name), 'self_signed_tls_client_auth'),
      ),
    ];
    host = await createMtlsApp({}, clients, { auth: { allowPrivateNetwork: true } });
    await insertOldClient(host, holder('subject', { tls_client_auth_subject_dn: 'CN=client' }));
  });
  afterAll(async () => {
    await host.close();
    await new Promise((resolve) => keyServer.close(resolve));
  });

  it.each([['key'], ['several'], ['x5c'], ['thumbprint']])(
    'RFC 8705 2.2: the certificate is known by %s',
    async (name) => {
      expect(outcome(await askAs(host, name, clientCert(one)))).toBe(200);
      expect(outcome(await askAs(host, name, clientCert(other)))).toEqual(name === 'several' ? 200 : REFUSED);
      expect(outcome(await askAs(host, name))).toEqual(REFUSED);
    },
  );

  it('RFC 8705 2.2: a renewed certificate counts where the key is registered, not where the certificate is', async () => {
    expect(outcome(await askAs(host, 'key', clientCert(renewed)))).toBe(200);
    for (const name of ['x5c', 'thumbprint'])
      expect(outcome(await askAs(host, name, clientCert(renewed)))).toEqual(REFUSED);
  });

  it('RFC 8705 2.2: expired, not valid yet, or of a key for encryption: refused', async () => {
    expect(outcome(await askAs(host, 'expired', clientCert(expired)))).toEqual(REFUSED);
    expect(outcome(await askAs(host, 'early', clientCert(early)))).toEqual(REFUSED);
    expect(outcome(await askAs(host, 'encrypts', clientCert(one)))).toEqual(REFUSED);
  });

  it('RFC 8705 2.2: keys at an address are fetched once more when none is known, and not before the cooldown', async () => {
    published = [{ ...one.jwk, kid: '1' }];
    fetches = 0;
    expect(outcome(await askAs(host, 'rotates', clientCert(one)))).toBe(200);
    expect(fetches).toBe(1);
    published = [
      { ...one.jwk, kid: '1' },
      { ...other.jwk, kid: '2' },
    ];
    for (let tries = 0; tries < 5; tries += 1)
      expect(outcome(await askAs(host, 'rotates', clientCert(other)))).toEqual(REFUSED);
    expect(fetches).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect(outcome(await askAs(host, 'rotates', clientCert(other)))).toBe(200);
    expect(fetches).toBe(2);
  });

  it('RFC 8705 2.2: whatever a client publishes, the answer is a refusal', async () => {
    const odd = [
      {},
      { kty: 'EC', crv: 'P-256', x: 1, y: {} },
      { kty: 'RSA', n: '', e: '' },
      { x5c: null },
      { x5c: [[]] },
      { x5c: 'x' },
      { 'x5t#S256': 7 },
      { kty: 'oct', k: 'AA' },
    ];
    published = odd;
    expect(outcome(await askAs(host, 'hostile', clientCert(one)))).toEqual(REFUSED);
    published = [...odd, one.jwk];
    expect(outcome(await askAs(host, 'odd', clientCert(one)))).toBe(200);
    broken = true;
    expect(outcome(await askAs(host, 'down', clientCert(one)))).toEqual(REFUSED);
    broken = false;
  });

  it('RFC 8705 2.1: without ca and verdict nobody is taken for their subject', async () => {
    expect(outcome(await askAs(host, 'subject', clientCert(one)))).toEqual(REFUSED);
  });
});
