import { createHash, randomBytes } from 'node:crypto';
import type { TestApp } from '../support/app.js';
import { insertOldClient } from '../support/old-clients.js';
import { Navigator } from '../support/oauth.js';
import {
  answerOf,
  ask,
  clientKey,
  jarClient,
  jarHost,
  requestClaims,
  signObject,
  type ClientKey,
} from '../support/request-objects.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const HASH = createHash('sha256').update(randomBytes(32)).digest('base64url');
const MEDIA_TYPE = { 'content-type': 'application/oauth-authz-req+jwt' };

describe('RFC 9101 5.2 request objects by reference', () => {
  let host: TestApp;
  let browser: Navigator;
  let client: Upstream;
  let rsa: ClientKey;
  let keys: object[];
  let object: string;

  beforeAll(async () => {
    rsa = await clientKey('RS256', 'r1');
    client = await startUpstream();
    const at = (path: string) => `${client.origin}${path}`;
    const registered = {
      jwks_uri: at('/keys'),
      request_object_signing_alg: 'RS256',
      request_uris: [at('/object'), at(`/marked#${HASH}`), at('/object?a=1'), 'http://127.0.0.1:1/nobody'],
    };
    host = await jarHost([
      // As the dynamic plan of the conformance suite registers it.
      jarClient('jar', { ...registered, token_endpoint_auth_method: 'private_key_jwt' }),
      jarClient('lost', { ...registered, jwks_uri: at('/no-keys') }),
      jarClient('none', { jwks_uri: at('/keys') }),
    ]);
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(async () => {
    await host.close();
    await client.close();
  });
  beforeEach(async () => {
    keys = [rsa.publicJwk];
    object = await signObject(rsa, requestClaims('jar'));
    client.seen.length = 0;
    client.answer(({ path }, response) => {
      if (path === '/keys') return void response.end(JSON.stringify({ keys }));
      if (path === '/no-keys') return void response.writeHead(500).end();
      return void response.writeHead(200, MEDIA_TYPE).end(object);
    });
  });

  const byReference = (path: string, clientId = 'jar', change: Record<string, string> = {}) =>
    ask(browser, clientId, { request_uri: path.startsWith('http') ? path : `${client.origin}${path}`, ...change });
  const fetched = () => client.seen.map(({ path }) => path).filter((path) => !path.endsWith('keys'));

  it('5.2.3 oidcc-request-uri-signed-rs256: fetched, verified by jwks_uri, and authorized', async () => {
    const { iss: _iss, aud: _aud, ...bare } = requestClaims('jar');
    for (const claims of [requestClaims('jar'), bare]) {
      object = await signObject(rsa, claims);
      expect(answerOf(await byReference('/object'))).toMatchObject({ code: expect.any(String), state: 'inner-state' });
    }
    expect(fetched()).toEqual(['/object', '/object']);
    const [request] = client.seen;
    expect(request!.headers['accept']).toContain('application/oauth-authz-req+jwt');
    expect(request!.headers).not.toHaveProperty('cookie');
  });

  it('OIDC Core 6.2 a fragment is neither compared nor sent, and is no proof', async () => {
    for (const path of [`/marked#${HASH}`, '/marked', '/marked#another', '/object#new'])
      expect(answerOf(await byReference(path))).toHaveProperty('code');
    expect(fetched()).toEqual(['/marked', '/marked', '/marked', '/object']);
  });

  it('10.4 fetched anew each time: what the client takes back is not authorized', async () => {
    expect(answerOf(await byReference('/object'))).toHaveProperty('code');
    client.answer({ status: 404, body: '' });
    expect(answerOf(await byReference('/object'))).toMatchObject({ error: 'invalid_request_uri' });
  });

  it.each([
    '/objec',
    '/object/',
    '/object/..//object',
    '/OBJECT',
    '/object?a=2',
    '/object?',
    '/%6fbject',
    '//object',
    'urn:ietf:params:oauth:request_uri',
    'urn:example:object',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'not an address',
    '#',
  ])('10.4.1 %s is not registered: invalid_request_uri, and nobody is called', async (path) => {
    const isWhole = /^[a-z]+:|^not|^#$/.test(path);
    const address = isWhole ? path : `${client.origin}${path}`;
    const page = await ask(browser, 'jar', { request_uri: address, state: 'outer-state' });
    expect(answerOf(page)).toMatchObject({ error: 'invalid_request_uri', state: 'outer-state' });
    expect(client.seen).toEqual([]);
  });

  it('RFC 9126 4: what has the form of a pushed request calls nobody, and leads to nobody: nothing else is read', async () => {
    const request_uri = 'urn:ietf:params:oauth:request_uri:abc';
    const page = await ask(browser, 'jar', { request_uri, state: 'outer-state' });
    expect([page.status, page.location]).toEqual([400, undefined]);
    expect(client.seen).toEqual([]);
  });

  it('10.4.1 a client that has registered no address has none', async () => {
    expect(answerOf(await byReference('/object', 'none'))).toMatchObject({ error: 'invalid_request_uri' });
    expect(client.seen).toEqual([]);
  });

  it.each<[string, Parameters<Upstream['answer']>[0]]>([
    ['a redirect', { status: 302, headers: { location: '/marked' }, body: '' }],
    ['404', { status: 404, body: 'nothing' }],
    ['500', { status: 500, body: 'broken' }],
    ['204', { status: 204, body: '' }],
    ['more than 64 KiB', { body: 'x'.repeat(70_000) }],
    ['a compressed answer', { headers: { 'content-encoding': 'gzip' }, body: 'x' }],
    ['a connection that ends', (_, response) => void response.destroy()],
  ])('7 %s is no object: invalid_request_uri, once asked', async (_, behaviour) => {
    client.answer(behaviour);
    const answer = answerOf(await byReference('/object', 'jar', { state: 'outer-state' }));
    expect(answer).toMatchObject({ error: 'invalid_request_uri', state: 'outer-state' });
    expect(JSON.stringify(answer)).not.toContain(client.origin);
    expect(fetched()).toEqual(['/object']);
  });

  it('7 a server that is not there: invalid_request_uri', async () => {
    expect(answerOf(await byReference('http://127.0.0.1:1/nobody'))).toMatchObject({ error: 'invalid_request_uri' });
  });

  it.each(['', 'text', '{}', '<html></html>', 'a.b.c', 'a.b.c.d.e'])(
    '6.2 content %j is invalid_request_object',
    async (content) => {
      object = content;
      expect(answerOf(await byReference('/object'))).toMatchObject({ error: 'invalid_request_object' });
    },
  );

  it('T052 a key that is not known is asked for no more than every few seconds', async () => {
    const next = await clientKey('RS256', 'r2');
    object = await signObject(next, requestClaims('jar'));
    for (let count = 0; count < 5; count++)
      expect(answerOf(await byReference('/object'))).toMatchObject({ error: 'invalid_request_object' });
    expect(client.seen.filter(({ path }) => path === '/keys').length).toBeLessThanOrEqual(1);
  });

  it("6.2 keys that cannot be had are the client's fault, not ours", async () => {
    object = await signObject(rsa, requestClaims('lost'));
    expect(answerOf(await byReference('/object', 'lost'))).toMatchObject({ error: 'invalid_request_object' });
  });

  it('an object with a line end after it, as files have, is taken', async () => {
    object = `${object}\n`;
    expect(answerOf(await byReference('/object'))).toHaveProperty('code');
  });
});

it('T096 without allowPrivateNetwork a private address from before is refused without a call', async () => {
  const target = await startUpstream();
  const address = `${target.origin}/object`;
  const host = await jarHost([], {}, undefined, { allowPrivateNetwork: false });
  await insertOldClient(host, jarClient('jar', { request_uris: [address] }));
  try {
    const page = await ask(new Navigator(host), 'jar', { request_uri: address });
    expect(answerOf(page)).toMatchObject({ error: 'invalid_request_uri' });
    expect(target.seen).toEqual([]);
  } finally {
    await host.close();
    await target.close();
  }
});
