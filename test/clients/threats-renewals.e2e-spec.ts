import { generateKeyPairSync } from 'node:crypto';
import { OAuthClientsService, type StaticClientOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { ask, handleIn } from '../support/authorization.js';
import { administer, CALLBACK, createClientHost, register, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { basic, exchange, Navigator, obtainCode, tokenRequest } from '../support/oauth.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

const SCOPE = 'openid offline_access';
const METADATA = {
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  scope: `${SCOPE} read:data`,
};
type Client = StaticClientOptions & { clientId: string };
interface Held {
  readonly browser: Navigator;
  readonly subject: string;
  readonly access: string;
  readonly refresh: string;
  readonly own: string | null;
  readonly code: { code: string; verifier: string };
  readonly waiting: string;
}

describe('T142 a change of a client and what it was given before', () => {
  let host: TestApp;
  /** Another process on the same database. */
  let second: TestApp;
  beforeAll(async () => {
    const options = { dynamicRegistration: 'open' } as const;
    const rest = { clientCredentials: true, cacheTtl: '60s' } as const;
    host = await createClientHost(options, rest);
    second = await createClientHost(options, { ...rest, databaseUrl: host.databaseUrl });
  });
  afterAll(async () => {
    await second.close();
    await host.close();
  });

  async function newClient(more: object = {}): Promise<Client> {
    const policy = { clientCredentialsScopes: ['read:data'] };
    const { status, body } = await administer(host, 'POST', 'oauth-clients', { ...METADATA, policy, ...more });
    expect([status, body.message]).toEqual([201, undefined]);
    return {
      clientId: body.client_id,
      redirectUris: [CALLBACK],
      ...(body.client_secret && { clientSecret: body.client_secret }),
    };
  }

  /** All kinds of things that a client can have. */
  async function holdings(client: Client): Promise<Held> {
    const browser = new Navigator(host);
    const subject = await browser.signUp();
    const { body } = await exchange(host, client, await obtainCode(browser, client, { scope: SCOPE }));
    const own = client.clientSecret ? await tokenRequest(host, client, { grant_type: 'client_credentials' }) : null;
    return {
      browser,
      subject,
      access: body.access_token,
      refresh: body.refresh_token,
      own: own?.body.access_token ?? null,
      code: await obtainCode(browser, client, { scope: SCOPE }),
      waiting: handleIn(await ask(browser, client, { scope: SCOPE, prompt: 'consent' })),
    };
  }

  const userinfo = async (at: TestApp, bearer: string) =>
    (await send(`${at.url}/api/auth/oauth2/userinfo`, { bearer })).status;
  /** What is alive of a client, read where no cache is asked. */
  async function alive(clientId: string, { waiting, browser }: Held): Promise<Record<string, number | string>> {
    const count = async (text: string) => (await host.sql<{ n: number }>(text, [clientId]))[0]!.n;
    const epochs = `(SELECT epoch FROM auth_subject WHERE subject = 'client:' || $1)`;
    return {
      families: await count(
        `SELECT count(*)::int AS n FROM auth_token_family WHERE client_id = $1 AND revoked_at IS NULL AND client_epoch = ${epochs}`,
      ),
      own: await count(`SELECT count(*)::int AS n FROM auth_token WHERE client_id = $1 AND client_epoch = ${epochs}`),
      codes: await count(
        'SELECT count(*)::int AS n FROM auth_authorization_code WHERE client_id = $1 AND consumed_at IS NULL',
      ),
      waiting: (await browser.get(`/api/auth/oauth2/consent?request=${waiting}`)).status,
    };
  }
  const ALL = { families: 1, own: 1, codes: 1, waiting: 200 };
  const NOTHING = { families: 0, own: 0, codes: 0, waiting: 400 };
  const patch = (clientId: string, change: object) => administer(host, 'PATCH', `oauth-clients/${clientId}`, change);

  it.each<[string, object, object]>([
    [
      'it becomes public',
      { grant_types: METADATA.grant_types.slice(0, 2), policy: {} },
      { token_endpoint_auth_method: 'none' },
    ],
    [
      'it has to prove itself',
      { grant_types: METADATA.grant_types.slice(0, 2), policy: {}, token_endpoint_auth_method: 'none' },
      { token_endpoint_auth_method: 'client_secret_post' },
    ],
    ['its tokens have to be bound', {}, { dpop_bound_access_tokens: true }],
    [
      'a profile is set',
      {},
      {
        policy: { profile: 'fapi2' },
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        id_token_signed_response_alg: 'ES256',
        jwks: { keys: [publicKey()] },
      },
    ],
  ])('T142 ends all that it has where %s; the consent stays', async (_name, more, change) => {
    const client = await newClient(more);
    const held = await holdings(client);
    const own = client.clientSecret && held.own !== null ? 1 : 0;
    expect(await alive(client.clientId, held)).toEqual({ ...ALL, own });
    expect([await userinfo(host, held.access), await userinfo(second, held.access)]).toEqual([200, 200]);
    const { status, body } = await patch(client.clientId, change);
    expect([status, body.message]).toEqual([200, undefined]);
    expect(await alive(client.clientId, held)).toEqual(NOTHING);
    expect(await userinfo(host, held.access)).toBe(401);
    await until('the other process has heard', async () => (await userinfo(second, held.access)) === 401);
    const consents = await host.sql('SELECT FROM auth_consent WHERE client_id = $1', [client.clientId]);
    expect(consents).toHaveLength(1);
  });

  it.each<[string, object, object]>([
    ['a name', {}, { client_name: 'Other' }],
    ['an address more', {}, { redirect_uris: [CALLBACK, `${CALLBACK}/more`] }],
    ['the way the secret is sent', {}, { token_endpoint_auth_method: 'client_secret_post' }],
    ['its key set', {}, { jwks: { keys: [publicKey()] } }],
    ['an algorithm', {}, { id_token_signed_response_alg: 'ES256' }],
    ['PKCE', {}, { policy: { requirePkce: true } }],
    ['in a request without members, nothing', {}, {}],
  ])('T142 %s changes: nothing ends', async (_name, more, change) => {
    const client = await newClient(more);
    const held = await holdings(client);
    const { status, body } = await patch(client.clientId, change);
    expect([status, body.message]).toEqual([200, undefined]);
    expect(await alive(client.clientId, held)).toEqual(ALL);
    expect(await userinfo(host, held.access)).toBe(200);
  });

  it('T142 a change that is refused ends nothing', async () => {
    const client = await newClient();
    const held = await holdings(client);
    const bad = { dpop_bound_access_tokens: true, redirect_uris: ['https://x.example/#fragment'] };
    expect((await patch(client.clientId, bad)).status).toBe(400);
    expect(await alive(client.clientId, held)).toEqual(ALL);
  });

  it('T142 a new secret by rotation ends nothing', async () => {
    const client = await newClient();
    const held = await holdings(client);
    expect((await administer(host, 'POST', `oauth-clients/${client.clientId}/rotate-secret`, {})).status).toBe(200);
    expect(await alive(client.clientId, held)).toEqual(ALL);
  });

  it('T142 a client that is disabled stays so', async () => {
    const client = await newClient();
    const held = await holdings(client);
    await administer(host, 'POST', `oauth-clients/${client.clientId}/disable`, {});
    expect((await patch(client.clientId, { dpop_bound_access_tokens: true })).body.disabled).toBe(true);
    expect(await alive(client.clientId, held)).toMatchObject({ families: 0, own: 0, codes: 0 });
  });

  it('T142 also when the client changes itself (RFC 7592)', async () => {
    const { body } = await register(host, { ...SMALLEST, scope: SCOPE, grant_types: METADATA.grant_types.slice(0, 2) });
    const client = { clientId: body.client_id, clientSecret: body.client_secret, redirectUris: [CALLBACK] };
    const held = await holdings(client);
    const at = `${host.url}${new URL(body.registration_client_uri).pathname}`;
    const bearer = body.registration_access_token;
    const change = { client_id: client.clientId, ...SMALLEST, scope: SCOPE, dpop_bound_access_tokens: true };
    expect((await send(at, { method: 'PUT', bearer, body: change })).status).toBe(200);
    expect(await alive(client.clientId, held)).toEqual(NOTHING);
  });

  it('T142 also when its owner does', async () => {
    const owner = await signUp(host.url);
    const { body } = await register(host, { ...SMALLEST, scope: SCOPE }, { bearer: owner.token });
    const client = { clientId: body.client_id, clientSecret: body.client_secret, redirectUris: [CALLBACK] };
    const held = await holdings(client);
    const change = { client_id: client.clientId, update: { token_endpoint_auth_method: 'none' } };
    const told = await send(`${host.url}/api/auth/oauth2/update-client`, { bearer: owner.token, body: change });
    expect(told.status).toBe(200);
    expect(await alive(client.clientId, held)).toEqual(NOTHING);
  });

  it('T142 also when a seed does, and a seed that says the same ends nothing', async () => {
    const seed = { ...METADATA, client_id: 'seeded', client_secret: 'a secret of the seeded client 01' };
    const seeds = host.app.get(OAuthClientsService);
    await seeds.seed([seed]);
    const client = { clientId: 'seeded', clientSecret: seed.client_secret, redirectUris: [CALLBACK] };
    const held = await holdings(client);
    await seeds.seed([seed]);
    expect(await alive('seeded', held)).toEqual(ALL);
    await seeds.seed([{ ...seed, dpop_bound_access_tokens: true }]);
    expect(await alive('seeded', held)).toEqual(NOTHING);
  });

  it('T142 a JWT that a client has for itself ends too', async () => {
    const client = await newClient({ policy: { clientCredentialsScopes: ['read:data'], accessTokenFormat: 'jwt' } });
    const { body } = await tokenRequest(host, client, { grant_type: 'client_credentials' });
    const told = () =>
      send(`${host.url}/api/auth/oauth2/introspect`, {
        body: new URLSearchParams({ token: body.access_token }),
        headers: basic(client.clientId, client.clientSecret!),
      });
    expect((await told()).body.active).toBe(true);
    await patch(client.clientId, { dpop_bound_access_tokens: true });
    expect((await told()).body).toEqual({ active: false });
  });
});

function publicKey(): object {
  const { publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...key.export({ format: 'jwk' }), kid: 'new', use: 'sig', alg: 'ES256' };
}
