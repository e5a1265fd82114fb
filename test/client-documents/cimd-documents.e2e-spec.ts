import { generateKeyPair, exportJWK } from 'jose';
import { randomUUID } from 'node:crypto';
import type { TestApp } from '../support/app.js';
import { clientCount } from '../support/clients.js';
import { expectErrorPage } from '../support/authorization.js';
import { DOCUMENT, startDocumentHost, type DocumentAnswer, type DocumentHost } from '../support/document-host.js';
import { begin, createReadingHost, documentClient } from '../support/document-clients.js';
import { Navigator, tokenRequest } from '../support/oauth.js';

const at = (redirect: string) => ({ redirect_uris: [redirect] });

describe('which documents are taken', () => {
  let host: TestApp;
  let site: DocumentHost;
  beforeAll(async () => {
    site = await startDocumentHost();
    host = await createReadingHost();
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  /** Neither page nor row nor redirect; at the token endpoint 401, without a reason. */
  async function expectRefused(id: string): Promise<void> {
    const before = await clientCount(host);
    const { page } = await begin(host, documentClient(id), {}, new Navigator(host));
    expectErrorPage(page);
    const said = /<code>invalid_client<\/code> <span[^>]*>([^<]*)</.exec(page.text)![1];
    expect(said).toBe('The document of this client cannot be read, or is not accepted');
    const answer = await tokenRequest(host, documentClient(id), { grant_type: 'authorization_code', code: 'x' });
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
    expect(answer.body.error_description).toBe('Client authentication failed');
    expect(await clientCount(host)).toBe(before);
    expect(await host.sql('SELECT client_id FROM auth_client_document WHERE client_id = $1', [id])).toEqual([]);
  }

  const answers: [string, (id: string) => DocumentAnswer][] = [
    ['H2 CIMD 5: another success than 200', (id) => ({ status: 203, body: { client_id: id, ...DOCUMENT } })],
    ['H2 CIMD 5: 206', (id) => ({ status: 206, body: { client_id: id, ...DOCUMENT } })],
    ['H2 CIMD 5: 204', () => ({ status: 204 })],
    ['H2 CIMD 5: 304', () => ({ status: 304 })],
    ['H2 CIMD 5: not there', (id) => ({ status: 404, body: { client_id: id, ...DOCUMENT } })],
    ['H2 CIMD 5: a failure', (id) => ({ status: 500, body: { client_id: id, ...DOCUMENT } })],
    [
      'H2 CIMD 5: a redirect',
      (id) => ({ status: 302, headers: { location: `${id}-moved` }, body: { client_id: id, ...DOCUMENT } }),
    ],
    ['H2 CIMD 5: 308', (id) => ({ status: 308, headers: { location: `${id}-moved` } })],
    ['H2 a page', (id) => ({ headers: { 'content-type': 'text/html' }, body: { client_id: id, ...DOCUMENT } })],
    [
      'H2 a script',
      (id) => ({ headers: { 'content-type': 'application/javascript' }, body: { client_id: id, ...DOCUMENT } }),
    ],
    [
      'H2 a type that only looks like it',
      (id) => ({ headers: { 'content-type': 'text/x+json' }, body: { client_id: id, ...DOCUMENT } }),
    ],
    ['H2 no JSON', () => ({ body: 'client_id=x' })],
    ['H2 nothing', () => ({ body: '' })],
    ['H2 null', () => ({ body: 'null' })],
    ['H2 a list', (id) => ({ body: [{ client_id: id, ...DOCUMENT }] })],
    [
      'H2 a prototype',
      (id) => ({
        body: `{"client_id":"${id}","__proto__":{"client_name":"x"},"redirect_uris":["https://app.example/callback"]}`,
      }),
    ],
    [
      'H2 no UTF-8',
      (id) => (_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(
            Buffer.concat([Buffer.from(`{"client_id":"${id}","client_name":"`), Buffer.of(0xff), Buffer.from('"}')]),
          ),
    ],
    ['H11 CIMD 8.7: more than 5 KiB', (id) => ({ body: { client_id: id, ...DOCUMENT, filler: 'x'.repeat(5_200) } })],
    [
      'H11 more than it says',
      (id) => (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(JSON.stringify({ client_id: id, ...DOCUMENT }));
        response.end(' '.repeat(5_200));
      },
    ],
    ['H11 compressed', (id) => ({ headers: { 'content-encoding': 'gzip' }, body: { client_id: id, ...DOCUMENT } })],
  ];
  it.each(answers)('T163 %s is refused', async (_, answer) => {
    const path = `/${randomUUID()}.json`;
    site.answer(path, answer(site.at(path)));
    // Whatever a redirect leads to.
    site.answer(`${path}-moved`, { body: { client_id: site.at(path), ...DOCUMENT } });
    await expectRefused(site.at(path));
    expect(site.seen).not.toContain(`${path}-moved`);
  });

  const documents: [string, (id: string) => object][] = [
    ['H2 CIMD 4: no client_id', () => ({ client_id: undefined })],
    ['H2 CIMD 4: another', () => ({ client_id: 'https://other.example/id' })],
    ['H2 CIMD 4: one that means the same', (id) => ({ client_id: id.replace('client.localhost', 'CLIENT.localhost') })],
    ['H2 CIMD 4: one with a query', (id) => ({ client_id: `${id}?` })],
    ['H2 CIMD 4: a list of it', (id) => ({ client_id: [id] })],
    ['H3 CIMD 4.1: client_secret', () => ({ client_secret: 's'.repeat(40) })],
    ['H3 CIMD 4.1: an empty one', () => ({ client_secret: '' })],
    ['H3 CIMD 4.1: client_secret_expires_at', () => ({ client_secret_expires_at: 0 })],
    ['H3 client_secret_basic', () => ({ token_endpoint_auth_method: 'client_secret_basic' })],
    ['H3 client_secret_post', () => ({ token_endpoint_auth_method: 'client_secret_post' })],
    ['H3 client_secret_jwt', () => ({ token_endpoint_auth_method: 'client_secret_jwt' })],
    ['H3 another secret to come', () => ({ token_endpoint_auth_method: 'client_secret_next' })],
    ['H3 a method that is no text', () => ({ token_endpoint_auth_method: ['none'] })],
    ['H3 a method that is not offered', () => ({ token_endpoint_auth_method: 'tls_client_auth' })],
    ['H4 no client_name', () => ({ client_name: undefined })],
    ['H4 an empty client_name', () => ({ client_name: '' })],
    ['H4 a name that cannot be seen', () => ({ client_name: '\u200b\u202e' })],
    ['H4 no redirect_uris', () => ({ redirect_uris: undefined })],
    ['H4 none of them', () => ({ redirect_uris: [] })],
    ['H5 a redirect by javascript', () => at('javascript:alert(1)')],
    ['H5 a redirect by plain http', () => at('http://app.example/callback')],
    ['H5 a redirect with a fragment', () => at('https://app.example/callback#x')],
    ['H5 a redirect with a wildcard', () => at('https://*.app.example/callback')],
    ['H5 a redirect by a scheme that anybody can have', () => at('myapp://callback')],
    [
      'H5 one bad redirect among good ones',
      () => ({ redirect_uris: ['https://app.example/callback', 'data:text/html,x'] }),
    ],
    ['H5 only grants for itself', () => ({ grant_types: ['client_credentials'] })],
    ['H5 protection that is not offered', () => ({ id_token_encrypted_response_alg: 'RSA-OAEP' })],
    ['H6 private_key_jwt without keys', () => ({ token_endpoint_auth_method: 'private_key_jwt' })],
    ['H10 javascript as logo', () => ({ logo_uri: 'javascript:alert(1)' })],
    ['H10 data as logo', () => ({ logo_uri: 'data:image/svg+xml,<svg/>' })],
    ['H10 javascript as site', () => ({ client_uri: 'javascript:alert(1)' })],
    ['H10 javascript as policy', () => ({ policy_uri: 'JavaScript:alert(1)' })],
    ['H10 data as terms', () => ({ tos_uri: 'data:text/html,x' })],
    ['H10 keys at cloud metadata', () => ({ jwks_uri: 'https://169.254.169.254/keys' })],
    ['H10 keys by plain http', () => ({ jwks_uri: 'http://keys.example/jwks' })],
    ['H10 keys at an address in other clothes', () => ({ jwks_uri: 'https://[::ffff:127.0.0.1]/keys' })],
    ['H10 a logout at a file', () => ({ backchannel_logout_uri: 'file:///etc/passwd' })],
  ];
  it.each(documents)('T165 %s is refused', async (_, change) => {
    const path = `/${randomUUID()}.json`;
    await expectRefused(site.put(path, { ...DOCUMENT, client_id: site.at(path), ...change(site.at(path)) }));
  });

  it('H3 T165 private keys, and both places of keys at once', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const [open, secret] = [await exportJWK(publicKey), await exportJWK(privateKey)];
    const method = { token_endpoint_auth_method: 'private_key_jwt' };
    for (const more of [
      { jwks: { keys: [secret] } },
      { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
      { jwks: { keys: [open] }, jwks_uri: site.at('/keys') },
      { jwks: { keys: [] } },
    ])
      await expectRefused(site.put(`/${randomUUID()}.json`, { ...DOCUMENT, ...method, ...more }));
    const good = site.put(`/${randomUUID()}.json`, { ...DOCUMENT, ...method, jwks: { keys: [open] } });
    expect((await begin(host, documentClient(good))).page.location).toContain('/oauth2/consent?');
  });

  it.each([['application/json; charset=utf-8'], ['application/oauth-client+json'], ['Application/JSON']])(
    'H2 %s is taken',
    async (type) => {
      const id = site.put(`/${randomUUID()}.json`, DOCUMENT, { 'content-type': type });
      expect((await begin(host, documentClient(id))).page.location).toContain('/oauth2/consent?');
    },
  );

  it('H7 CIMD 4.2: a redirect address of the request is one of the document, to the letter', async () => {
    const id = site.put('/exact.json');
    for (const redirect of [
      'https://app.example/callback/',
      'https://app.example/callback?x=1',
      'https://APP.example/callback',
      'https://app.example:443/callback',
      'https://evil.example/callback',
    ])
      expectErrorPage((await begin(host, documentClient(id, redirect))).page);
  });

  it('H5 T165 scopes that administration keeps for its own are not granted', async () => {
    const careful = await createReadingHost({}, { sensitiveScopes: ['reports:read'] });
    try {
      const id = site.put('/greedy.json', { ...DOCUMENT, scope: 'openid reports:read read:data' });
      const asked = await begin(careful, documentClient(id), { scope: 'openid reports:read' });
      expect(new URL(asked.page.location!).searchParams.get('error')).toBe('invalid_scope');
      const fine = await begin(careful, documentClient(id), { scope: 'openid read:data' });
      expect(fine.page.location).toContain('/oauth2/consent?');
    } finally {
      await careful.close();
    }
  });
});
