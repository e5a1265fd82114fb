import { jest } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK, JWTPayload } from 'jose';
import { Database } from '../../src/common/database/database.js';
import { InvalidationChannel } from '../../src/common/database/invalidation.js';
import { SecretBox } from '../../src/common/secrets/secret-box.js';
import { clientSecretContext } from '../../src/oauth-provider/clients/client-secret.js';
import { ClientStore } from '../../src/oauth-provider/clients/client.store.js';
import { TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import type { Answer } from '../support/http.js';
import { insertOldClient } from '../support/old-clients.js';
import { sweep } from '../support/sweep.js';

const { MACHINE, TOKEN_URL, assertionOf, byAssertion, clientKey } = oauth;
const GRANT = { grant_type: 'client_credentials' };
const SECRET = 'a secret that signs, long enough 0123456789';
const bytes = (text: string) => new TextEncoder().encode(text);
const now = () => Math.floor(Date.now() / 1000);
const fault = ({ status, body }: Answer) => [status, body?.error];
const REFUSED = [401, 'invalid_client'];
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'];

describe('client assertions', () => {
  let host: TestApp;
  let keys: oauth.ClientKey[];
  let stranger: oauth.ClientKey;
  let published: JWK[] = [];
  let [fetches, broken] = [0, false];
  const keyServer: Server = createServer((_, response) => {
    fetches++;
    response.writeHead(broken ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: published }));
  });

  beforeAll(async () => {
    keys = await Promise.all(ALGORITHMS.map((alg) => clientKey(alg)));
    stranger = await clientKey('ES256');
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
    const signer = { clientCredentialsScopes: ['reports:read'], tokenEndpointAuthMethod: 'private_key_jwt' as const };
    const jwks = { keys: keys.map(({ jwk }) => jwk) };
    const clients = [
      { ...signer, clientId: 'signer', metadata: { jwks } },
      { ...signer, clientId: 'strict', metadata: { jwks, token_endpoint_auth_signing_alg: 'ES384' } },
      { ...signer, clientId: 'remote', metadata: { jwks_uri: `${address}/keys` } },
      { ...signer, clientId: 'broken', metadata: { jwks_uri: `${address}/broken` } },
      { ...signer, clientId: 'hmac', clientSecret: SECRET, tokenEndpointAuthMethod: 'client_secret_jwt' as const },
      MACHINE,
    ];
    host = await oauth.createOAuthApp({ clients, auth: { allowPrivateNetwork: true } });
    await insertOldClient(host, { ...signer, clientId: 'inner', metadata: { jwks_uri: 'http://169.254.169.254' } });
  });
  afterAll(async () => {
    await host.close();
    await new Promise((resolve) => keyServer.close(resolve));
  });

  const present = (assertion: string, fields: Record<string, string> = {}, route = 'oauth2/token') =>
    oauth.submit(host, route, { ...GRANT, token: 'x', ...byAssertion(assertion, fields) });
  const es256 = () => keys[2]!;

  it.each(ALGORITHMS.map((alg, index) => [alg, index] as const))(
    '2.2 private_key_jwt signed with %s',
    async (_, index) => {
      expect((await present(await assertionOf('signer', keys[index]!))).status).toBe(200);
      expect((await present(await assertionOf('signer', keys[index]!), { client_id: 'signer' })).status).toBe(200);
    },
  );

  it('2.2 client_secret_jwt signed with the secret', async () => {
    expect((await present(await assertionOf('hmac', bytes(SECRET)))).status).toBe(200);
    expect(fault(await present(await assertionOf('hmac', bytes(`${SECRET}!`))))).toEqual(REFUSED);
  });

  it('T098 of a stored client the secret is opened to check; the one before it signs too while both live', async () => {
    const [box, name] = [new SecretBox([TEST_SECRET]), 'stored'];
    const old = `${SECRET} old`;
    const sealed = (secret: string) => box.seal(secret, clientSecretContext(name));
    const metadata = {
      redirect_uris: [],
      response_types: [],
      application_type: 'web' as const,
      token_endpoint_auth_method: 'client_secret_jwt' as const,
      grant_types: ['client_credentials'],
    };
    await host.app.get(Database).transaction((tx) =>
      host.app.get(ClientStore).insert(tx, {
        clientId: name,
        registeredBy: 'administration',
        ownerId: null,
        metadata,
        policy: { ownScopes: ['reports:read'] },
        secret: { hash: null, box: sealed(SECRET), lifetimeSeconds: null },
        registrationTokenHash: null,
      }),
    );
    const status = async (secret: string) => (await present(await assertionOf(name, bytes(secret)))).status;
    const change = async (assignments: string, values: unknown[] = []) => {
      await host.sql(`UPDATE auth_oauth_client SET ${assignments} WHERE client_id = '${name}'`, values);
      host.app.get(InvalidationChannel).dropLocal([`client:${name}`]);
    };
    expect([await status(SECRET), await status(old)]).toEqual([200, 401]);
    await change(`previous_secret_box = $1, previous_secret_expires_at = now() + interval '1 hour'`, [sealed(old)]);
    expect([await status(SECRET), await status(old)]).toEqual([200, 200]);
    await change(`secret_expires_at = now(), previous_secret_expires_at = now()`);
    expect([await status(SECRET), await status(old)]).toEqual([401, 401]);
    await change(`secret_expires_at = NULL, secret_box = $1`, [box.seal(SECRET, clientSecretContext('another'))]);
    expect(await status(SECRET)).toBe(401);
  });

  it.each([TEST_ISSUER, TOKEN_URL, `${TEST_ISSUER}/api/auth/oauth/token`, [TOKEN_URL, TEST_ISSUER], [TOKEN_URL]])(
    '3 aud %j means this server',
    async (aud) => {
      expect((await present(await assertionOf('signer', es256(), { aud }))).status).toBe(200);
    },
  );

  it('3 the endpoint that is called is an aud there, and nowhere else', async () => {
    for (const name of ['introspect', 'revoke']) {
      const aud = `${TEST_ISSUER}/api/auth/oauth2/${name}`;
      expect((await present(await assertionOf('signer', es256(), { aud }), {}, `oauth2/${name}`)).status).toBe(200);
      expect((await present(await assertionOf('signer', es256()), {}, `oauth/${name}`)).status).toBe(200);
      expect(fault(await present(await assertionOf('signer', es256(), { aud })))).toEqual(REFUSED);
    }
  });

  it.each<[string, JWTPayload & Record<string, unknown>]>([
    ['no exp', { exp: undefined }],
    ['exp in the past', { exp: now() - 60 }],
    ['exp two hours ahead', { exp: now() + 7_200 }],
    ['exp at the end of time', { exp: 1e15 }],
    ['iat in the future', { iat: now() + 300 }],
    ['nbf in the future', { nbf: now() + 300 }],
    ['no jti', { jti: undefined }],
    ['an empty jti', { jti: '' }],
    ['a jti that is a number', { jti: 7 as unknown as string }],
    ['no iss', { iss: undefined }],
    ['another iss', { iss: 'machine' }],
    ['no sub', { sub: undefined }],
    ['another sub', { sub: 'machine' }],
    ['no aud', { aud: undefined }],
    ['another aud', { aud: 'https://elsewhere.example' }],
    ['a second aud', { aud: [TOKEN_URL, 'https://elsewhere.example'] }],
    ['an aud that begins alike', { aud: `${TOKEN_URL}/` }],
    ['an empty aud', { aud: [] }],
  ])('T085 3 with %s is 401 invalid_client, and leaves no trace', async (_, claims) => {
    const before = await host.sql('SELECT count(*)::int AS n FROM auth_client_assertion');
    const answer = await present(await assertionOf('signer', es256(), claims), { client_id: 'signer' });
    expect(fault(answer)).toEqual(REFUSED);
    expect(await host.sql('SELECT count(*)::int AS n FROM auth_client_assertion')).toEqual(before);
  });

  it('T085 unsigned, signed by others, by another method, by a key of another kind: one answer', async () => {
    const plain = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const claims = { iss: 'signer', sub: 'signer', aud: TOKEN_URL, exp: now() + 60, jti: 'unsigned' };
    const good = await assertionOf('signer', es256());
    const [head, body, signature] = good.split('.') as [string, string, string];
    const publicKey = bytes(JSON.stringify(es256().jwk));
    const texts = [
      `${plain({ alg: 'none' })}.${plain(claims)}.`,
      `${plain({ alg: 'None', kid: 'ES256' })}.${plain(claims)}.`,
      `${head}.${body}.`,
      `${head}.${plain(claims)}.${signature}`,
      `${head}.${body}.${signature.slice(0, -4)}AAAA`,
      await assertionOf('signer', stranger),
      await assertionOf('signer', publicKey, {}, { kid: 'ES256' }),
      await assertionOf('hmac', es256()),
      await assertionOf('machine', bytes(SECRET)),
      await assertionOf('strict', es256()),
      await assertionOf('signer', es256(), {}, { typ: 'oauth-authz-req+jwt' }),
      await assertionOf('signer', es256(), {}, { kid: 'unknown' }),
      await assertionOf('nobody', es256()),
      await assertionOf('signer', es256(), { padding: 'x'.repeat(9_000) }),
      'a.b.c',
      'not a JWT',
    ];
    const answers = await Promise.all(texts.map((text) => present(text)));
    expect(answers.map(fault)).toEqual(texts.map(() => REFUSED));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await present(await assertionOf('strict', keys[3]!))).status).toBe(200);
  });

  it('RFC 7521 4.2 client_id must be that of the assertion; another or no assertion type is 400', async () => {
    const assertion = await assertionOf('signer', es256());
    expect(fault(await present(assertion, { client_id: 'machine' }))).toEqual(REFUSED);
    expect(fault(await present(assertion, { client_assertion_type: 'saml' }))).toEqual([400, 'invalid_request']);
    expect((await present(assertion)).status).toBe(200);
  });

  it('T085 an assertion is good once, at whichever endpoint; a jti is of its client', async () => {
    const assertion = await assertionOf('signer', es256(), { jti: 'once' });
    expect((await present(assertion, {}, 'oauth2/revoke')).status).toBe(200);
    for (const route of ['oauth2/token', 'oauth2/introspect', 'oauth2/revoke'])
      expect(fault(await present(assertion, {}, route))).toEqual(REFUSED);
    expect(fault(await present(await assertionOf('signer', keys[0]!, { jti: 'once' })))).toEqual(REFUSED);
    expect((await present(await assertionOf('hmac', bytes(SECRET), { jti: 'once' }))).status).toBe(200);
  });

  it('T085 50 uses of one assertion at once, on two instances: one 200', async () => {
    const clients = [
      { ...MACHINE, clientId: 'hmac', clientSecret: SECRET, tokenEndpointAuthMethod: 'client_secret_jwt' as const },
    ];
    const second = await oauth.createOAuthApp({ clients, databaseUrl: host.databaseUrl });
    const assertion = await assertionOf('hmac', bytes(SECRET));
    const uses = Array.from({ length: 50 }, (_, index) =>
      oauth.submit([host, second][index % 2]!, 'oauth2/token', { ...GRANT, ...byAssertion(assertion) }),
    );
    const statuses = (await Promise.all(uses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(49);
    await second.close();
  });

  it('jwks_uri: fetched when needed and kept; a changed key works, unknown ones make us ask once in a while', async () => {
    const [first, next] = [await clientKey('ES256', 'first'), await clientKey('RS256', 'next')];
    published = [first.jwk];
    fetches = 0;
    for (let use = 0; use < 3; use++) expect((await present(await assertionOf('remote', first))).status).toBe(200);
    expect(fetches).toBe(1);
    published = [next.jwk];
    const early = await Promise.all([1, 2, 3].map(async () => present(await assertionOf('remote', next))));
    expect(early.map(fault)).toEqual([REFUSED, REFUSED, REFUSED]);
    expect(fetches).toBe(1);
    const began = performance.now();
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => began + 6_000);
    try {
      expect((await present(await assertionOf('remote', next))).status).toBe(200);
      expect(fault(await present(await assertionOf('remote', first)))).toEqual(REFUSED);
      expect(fetches).toBe(2);
    } finally {
      clock.mockRestore();
    }
  });

  it('jwks_uri that is away, answers no keys, or is no public address: 401, never 5xx', async () => {
    broken = true;
    expect(fault(await present(await assertionOf('broken', es256())))).toEqual(REFUSED);
    broken = false;
    expect(fault(await present(await assertionOf('inner', es256())))).toEqual(REFUSED);
  });

  it('T120 what was used is swept when it cannot be used any more', async () => {
    await host.sql(`UPDATE auth_client_assertion SET expires_at = now() - interval '2 minutes'`);
    await present(await assertionOf('signer', es256()));
    await sweep(host);
    expect(await host.sql('SELECT count(*)::int AS n FROM auth_client_assertion')).toEqual([{ n: 1 }]);
  });
});
