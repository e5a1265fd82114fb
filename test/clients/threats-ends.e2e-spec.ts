import { SubjectLifecycle } from '../../src/common/subjects/subject.lifecycle.js';
import type { StaticClientOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { administer, CALLBACK, createClientHost, provesItself, register, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, tokenRequest, WEB } from '../support/oauth.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { until } from '../support/until.js';

describe('secrets and ends of OAuth clients', () => {
  let host: TestApp;
  /** Another process on the same database. */
  let second: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createClientHost({ dynamicRegistration: 'authenticated' });
    second = await createClientHost(
      { dynamicRegistration: 'authenticated' },
      { databaseUrl: host.databaseUrl, cacheTtl: 60 },
    );
    user = await signUp(host.url);
  });
  afterAll(async () => {
    await second.close();
    await host.close();
  });

  async function newClient(): Promise<
    Required<Pick<StaticClientOptions, 'clientId' | 'clientSecret' | 'redirectUris'>>
  > {
    const { body } = await register(
      host,
      { ...SMALLEST, grant_types: ['authorization_code', 'refresh_token'] },
      { bearer: user.token },
    );
    return { clientId: body.client_id, clientSecret: body.client_secret, redirectUris: [CALLBACK] };
  }

  /** Tokens of a user for the client, and a code that is not spent yet. */
  async function liveThings(client: StaticClientOptions) {
    const browser = new Navigator(host);
    await browser.signUp();
    const tokens = (await exchange(host, client, await obtainCode(browser, client, { scope: 'openid offline_access' })))
      .body;
    return { tokens, code: await obtainCode(browser, client, { scope: 'openid offline_access' }) };
  }

  async function liveFamilies(clientId: string): Promise<number> {
    const text = 'SELECT count(*)::int AS count FROM auth_token_family WHERE client_id = $1 AND revoked_at IS NULL';
    return (await host.sql<{ count: number }>(text, [clientId]))[0]!.count;
  }

  const rotate = (clientId: string, more: object = {}) =>
    send(`${host.url}/api/auth/oauth2/client/rotate-secret`, {
      body: { client_id: clientId, ...more },
      bearer: user.token,
    });

  it('T098 rotation ends the old secret at once, in every process', async () => {
    const { clientId, clientSecret } = await newClient();
    expect(await provesItself(second, clientId, clientSecret)).toBe(true);
    const { status, body } = await rotate(clientId);
    expect([status, body.clientSecret]).toEqual([200, body.client_secret]);
    expect(await provesItself(host, clientId, clientSecret)).toBe(false);
    await until('the other process has heard', async () => !(await provesItself(second, clientId, clientSecret)));
    expect(await provesItself(second, clientId, body.client_secret)).toBe(true);
  });

  it('T098 with overlapSeconds both live, that long and no longer; never three', async () => {
    const { clientId, clientSecret: first } = await newClient();
    const { client_secret: next } = (await rotate(clientId, { overlapSeconds: 3600 })).body;
    expect([await provesItself(host, clientId, first), await provesItself(host, clientId, next)]).toEqual([true, true]);
    const { client_secret: third } = (await rotate(clientId, { overlapSeconds: 3600 })).body;
    const alive = await Promise.all([first, next, third].map((secret) => provesItself(host, clientId, secret)));
    expect(alive).toEqual([false, true, true]);
    await host.sql('UPDATE auth_oauth_client SET previous_secret_expires_at = now() WHERE client_id = $1', [clientId]);
    const fresh = await createClientHost({}, { databaseUrl: host.databaseUrl });
    try {
      expect(await provesItself(fresh, clientId, next)).toBe(false);
      expect(await provesItself(fresh, clientId, third)).toBe(true);
    } finally {
      await fresh.close();
    }
    for (const overlapSeconds of [-1, 1.5, '60', 10 ** 9])
      expect((await rotate(clientId, { overlapSeconds })).status).toBe(400);
    expect(await provesItself(host, clientId, third)).toBe(true);
  });

  it.each([
    ['disabled', 'POST', '/disable'],
    ['deleted', 'DELETE', ''],
  ])(
    'T107 a client that is %s: 401 invalid_client at once, in every process, and its tokens are dead',
    async (_, method, path) => {
      const client = await newClient();
      const { tokens, code } = await liveThings(client);
      expect(tokens.refresh_token).toMatch(/^nar_/);
      expect(await provesItself(second, client.clientId, client.clientSecret)).toBe(true);
      expect(await liveFamilies(client.clientId)).toBeGreaterThan(0);

      expect((await administer(host, method, `oauth-clients/${client.clientId}${path}`)).status).toBe(200);
      expect(await liveFamilies(client.clientId)).toBe(0);
      const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      for (const answer of [await exchange(host, client, code), await tokenRequest(host, client, refresh)])
        expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
      await until(
        'the other process has heard',
        async () => !(await provesItself(second, client.clientId, client.clientSecret)),
      );
      const [left] = await host.sql<{ codes: number }>(
        'SELECT count(*)::int AS codes FROM auth_authorization_code WHERE client_id = $1 AND consumed_at IS NULL',
        [client.clientId],
      );
      expect(left!.codes).toBe(0);
    },
  );

  it('T107 enabled again it proves itself; what ended stays ended', async () => {
    const client = await newClient();
    const { tokens, code } = await liveThings(client);
    await administer(host, 'POST', `oauth-clients/${client.clientId}/disable`);
    const { status, body } = await administer(host, 'POST', `oauth-clients/${client.clientId}/enable`);
    expect([status, body.disabled]).toEqual([200, false]);
    expect(await provesItself(host, client.clientId, client.clientSecret)).toBe(true);
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    for (const answer of [await exchange(host, client, code), await tokenRequest(host, client, refresh)])
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('T107 a client of the options can be stopped too, and not be changed', async () => {
    const route = `oauth-clients/${WEB.clientId}`;
    expect((await administer(host, 'POST', `${route}/disable`)).body).toMatchObject({ disabled: true });
    expect(await provesItself(host, WEB.clientId, WEB.clientSecret!)).toBe(false);
    expect((await administer(host, 'POST', `${route}/enable`)).body).toMatchObject({ disabled: false });
    expect(await provesItself(host, WEB.clientId, WEB.clientSecret!)).toBe(true);
    for (const [method, path, body] of [
      ['PATCH', '', { client_name: 'x' }],
      ['POST', '/rotate-secret', {}],
      ['DELETE', '', undefined],
    ] as const) {
      const answer = await administer(host, method, `${route}${path}`, body);
      expect([answer.status, answer.body.code]).toEqual([400, 'CLIENT_OF_OPTIONS']);
    }
  });

  it('T107 a registration token is worth nothing when its client is disabled', async () => {
    const { body } = await register(host, SMALLEST, { bearer: user.token });
    const route = `${host.url}/api/auth/oauth2/register/${body.client_id}`;
    expect((await send(route, { bearer: body.registration_access_token })).status).toBe(200);
    await administer(host, 'POST', `oauth-clients/${body.client_id}/disable`);
    expect((await send(route, { bearer: body.registration_access_token })).status).toBe(401);
  });

  it('T036 clients of a user who is deleted go with them; those of a disabled one stay', async () => {
    const owner = await signUp(host.url);
    const { body } = await register(host, SMALLEST, { bearer: owner.token });
    const known = async () => (await administer(host, 'GET', `oauth-clients/${body.client_id}`)).status;
    const subjects = host.app.get(SubjectLifecycle, { strict: false });
    await subjects.end(owner.id, 'disabled');
    expect(await known()).toBe(200);
    await subjects.end(owner.id, 'forgotten');
    expect(await known()).toBe(404);
    expect(await provesItself(host, body.client_id, body.client_secret)).toBe(false);
  });
});
