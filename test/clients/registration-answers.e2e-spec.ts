import { ClientDoors, refusedAs } from '../support/client-doors.js';
import { administer, register, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

const OFFLINE = ['authorization_code', 'refresh_token'];

describe('what clients are answered', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open();
  });
  afterAll(() => doors.close());

  it.each<[string | undefined, readonly string[]]>([
    ['openid offline_access', OFFLINE],
    [undefined, OFFLINE],
    ['openid', ['authorization_code']],
  ])('F40: OIDC Core 11: with scope %j the grants are %j, whoever registers', async (scope, grants) => {
    const body = { ...SMALLEST, ...(scope !== undefined && { scope }) };
    const made = await doors.register(body);
    expect(made.body.grant_types).toEqual(grants);
    expect((await doors.own('create-client', body)).body.grant_types).toEqual(grants);
    expect((await administer(doors.host, 'POST', 'oauth-clients', body)).body.grant_types).toEqual(grants);
    await doors.seeding(body);
    expect((await administer(doors.host, 'GET', 'oauth-clients/a%20seed')).body.grant_types).toEqual(grants);
  });

  it('F40: the grants follow a change of the scope, unless they were named', async () => {
    const { body: made } = await doors.register({ ...SMALLEST, scope: 'openid' });
    const change = (update: object) => doors.own('update-client', { client_id: made.client_id, update });
    expect((await change({ scope: 'openid offline_access' })).body.grant_types).toEqual(OFFLINE);
    expect((await change({ scope: 'openid' })).body.grant_types).toEqual(['authorization_code']);
    const path = `oauth-clients/${made.client_id}`;
    const patched = await administer(doors.host, 'PATCH', path, { scope: 'openid offline_access' });
    expect(patched.body.grant_types).toEqual(OFFLINE);
    const named = await change({ scope: 'openid offline_access', grant_types: ['authorization_code'] });
    expect(named.body.grant_types).toEqual(['authorization_code']);
  });

  it("F45: answers have the members of better-auth's 1.7 wire, and no type", async () => {
    const { body } = await doors.own('create-client', SMALLEST);
    const wire = { user_id: doors.user.id, require_pkce: true, skip_consent: false, enable_end_session: true };
    expect(body).toMatchObject(wire);
    const read = await send(`${doors.host.url}/api/auth/oauth2/get-client?client_id=${body.client_id}`, {
      bearer: doors.user.token,
    });
    expect(read.body).toMatchObject(wire);
    const viewed = await administer(doors.host, 'GET', `oauth-clients/${body.client_id}`);
    expect(viewed.body).toMatchObject({ ...wire, client_credentials_scopes: [] });
    for (const answer of [body, read.body, viewed.body]) expect(answer).not.toHaveProperty('type');
    for (const answer of [body, read.body]) expect(answer).not.toHaveProperty('client_credentials_scopes');
  });

  it('F45: a client of nobody has no user_id; one that need not use PKCE is told so, and may say it back', async () => {
    const open = await ClientDoors.open({ dynamicRegistration: 'open', oauth21: false });
    try {
      const { body: made } = await register(open.host, SMALLEST);
      expect(made).not.toHaveProperty('user_id');
      expect(made.require_pkce).toBe(false);
      const route = `${open.host.url}/api/auth/oauth2/register/${made.client_id}`;
      const bearer = made.registration_access_token;
      const { body: read } = await send(route, { bearer });
      const put = await send(route, { method: 'PUT', body: read, bearer });
      expect([put.status, put.body]).toEqual([200, { ...read, updatedAt: expect.anything() }]);
      const open21 = await send(route, { method: 'PUT', body: { ...read, require_pkce: true }, bearer });
      expect(open21.body.require_pkce).toBe(true);
      const back = await send(route, { method: 'PUT', body: { ...read, require_pkce: false }, bearer });
      expect([back.status, back.body.error]).toEqual([400, 'invalid_client_metadata']);
    } finally {
      await open.close();
    }
  });

  it('F27: RFC 7591 2: who names no method may send the secret either way, also after reading and writing it back', async () => {
    const policyOf = async (id: string) =>
      (await doors.host.sql('SELECT policy FROM auth_oauth_client WHERE client_id = $1', [id]))[0]!['policy'];
    const either = { furtherAuthMethods: ['client_secret_post'] };
    const { body: made } = await doors.register(SMALLEST);
    expect(await policyOf(made.client_id)).toMatchObject(either);
    const route = `${doors.host.url}/api/auth/oauth2/register/${made.client_id}`;
    const bearer = made.registration_access_token;
    const { body: read } = await send(route, { bearer });
    await send(route, { method: 'PUT', body: read, bearer });
    expect(await policyOf(made.client_id)).toMatchObject(either);
    const { body: strict } = await doors.register({ ...SMALLEST, token_endpoint_auth_method: 'client_secret_basic' });
    expect(await policyOf(strict.client_id)).not.toMatchObject(either);
    const { body: ours } = await administer(doors.host, 'POST', 'oauth-clients', SMALLEST);
    expect(await policyOf(ours.client_id)).toMatchObject(either);
  });

  it.each([
    'a\u200bb',
    'a\u200cb',
    'a\ufeffb',
    'a\u00adb',
    'a\u2060b',
    'a\u034fb',
    'a\u202eb',
    'a\u061cb',
    'a\u180eb',
    'a\ufe0fb',
    'a\u{e0041}b',
    '\u3164',
    '\u115f\u1160',
    ' ',
    '\u00a0\u3000',
    '\u2800',
    '\u200e',
    'a\nb',
    '\u0301',
  ])('F11: client_name %j is refused at every door', async (name) => {
    expect(await doors.ask({ client_name: name })).toEqual(refusedAs('invalid_client_metadata', '(client_)?name'));
  });

  it('F11: RFC 7591 2.2: so it is in another language', async () => {
    const { status, body } = await doors.register({ ...SMALLEST, client_name: 'Shop', 'client_name#de': 'a\u200bb' });
    expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
    const named = await doors.register({ ...SMALLEST, client_name: 'Shop', 'client_name#de': 'Laden' });
    expect(named.status).toBe(201);
  });

  it('F11: names are kept in one form (NFKC), so that what looks like one name is one', async () => {
    const { body } = await doors.register({
      ...SMALLEST,
      client_name: ' \uff27\uff4f\uff4fgle \u{1f469}\u200d\u{1f4bb} ',
    });
    expect(body.client_name).toBe('Google \u{1f469}\u200d\u{1f4bb}');
    const found = await administer(doors.host, 'GET', `oauth-clients?search=${encodeURIComponent('\uff27oogle')}`);
    expect(found.body.total).toBe(1);
  });

  it('F11: what administration has disabled its owner neither changes nor deletes', async () => {
    const owner = await signUp(doors.host.url);
    const call = (route: string, body: object) =>
      send(`${doors.host.url}/api/auth/oauth2/${route}`, { body, bearer: owner.token });
    const { body: made } = await call('create-client', SMALLEST);
    const client_id = made.client_id as string;
    await administer(doors.host, 'POST', `oauth-clients/${client_id}/disable`);
    for (const [route, body] of [
      ['update-client', { client_id, update: { client_name: 'Again' } }],
      ['client/rotate-secret', { client_id }],
      ['delete-client', { client_id }],
    ] as const) {
      const said = await call(route, body);
      expect([said.status, said.body.code]).toEqual([403, 'CLIENT_DISABLED']);
    }
    const shown = await send(`${doors.host.url}/api/auth/oauth2/get-client?client_id=${client_id}`, {
      bearer: owner.token,
    });
    expect(shown.body).toMatchObject({ disabled: true, client_id });
    await administer(doors.host, 'POST', `oauth-clients/${client_id}/enable`);
    expect((await call('update-client', { client_id, update: { client_name: 'Again' } })).status).toBe(200);
  });
});
