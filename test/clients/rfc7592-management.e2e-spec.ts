import type { TestApp } from '../support/app.js';
import { CALLBACK, createClientHost, provesItself, register, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('the client configuration endpoint (RFC 7592) on %s', (adapter) => {
  let host: TestApp;
  let made: Record<string, string>;
  beforeAll(async () => {
    host = await createClientHost({ dynamicRegistration: 'open' }, { adapter });
  });
  afterAll(() => host.close());
  beforeEach(async () => {
    made = (await register(host, { ...SMALLEST, client_name: 'Mine', contacts: ['a@client.example'] })).body;
  });

  const at = (id = made['client_id']) => `${host.url}/api/auth/oauth2/register/${id}`;
  const call = (method: string, body?: object, bearer = made['registration_access_token']) =>
    send(at(), { method, ...(body && { body }), ...(bearer !== undefined && { bearer }) });

  it('RFC 7592 2.1: GET answers what is registered, with the token that was presented and without the secret', async () => {
    const answer = await call('GET');
    const { client_secret: _secret, clientSecret: _twin, ...rest } = made;
    expect([answer.status, answer.body]).toEqual([200, rest]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('RFC 7592 2.2: PUT replaces all of it; what is left out is gone; the secret stays', async () => {
    const answer = await call('PUT', { client_id: made['client_id'], redirect_uris: ['https://client.example/new'] });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ redirect_uris: ['https://client.example/new'], client_id: made['client_id'] });
    for (const name of ['contacts', 'client_name', 'client_secret']) expect(answer.body).not.toHaveProperty(name);
    expect((await call('GET')).body.redirect_uris).toEqual(['https://client.example/new']);
    expect(await provesItself(host, made['client_id']!, made['client_secret']!)).toBe(true);
  });

  it('RFC 7592 2.2: what was read may be sent back, with the current secret', async () => {
    const read = (await call('GET')).body;
    const answer = await call('PUT', { ...read, client_secret: made['client_secret'] });
    expect([answer.status, answer.body]).toEqual([200, { ...read, updatedAt: expect.anything() }]);
  });

  it('RFC 7592 2.2: another client_id, or a secret of the own choice, is refused', async () => {
    for (const change of [
      { client_id: 'x' },
      { client_id: undefined },
      { client_secret: 'mine' },
      { disabled: true },
    ]) {
      const answer = await call('PUT', { client_id: made['client_id'], ...SMALLEST, ...change });
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_client_metadata']);
    }
  });

  it('a new way to authenticate gets the secret that it needs, and drops the one that it does not', async () => {
    const whole = { client_id: made['client_id'], ...SMALLEST };
    expect((await call('PUT', { ...whole, token_endpoint_auth_method: 'none' })).body).not.toHaveProperty(
      'client_secret',
    );
    expect(await provesItself(host, made['client_id']!, made['client_secret']!)).toBe(false);
    const { body } = await call('PUT', whole);
    expect(body.client_secret).toMatch(/^nacs_/);
    expect(await provesItself(host, made['client_id']!, body.client_secret)).toBe(true);
  });

  it('RFC 7592 2.3: DELETE 204, then 401', async () => {
    expect((await call('DELETE')).status).toBe(204);
    expect((await call('GET')).status).toBe(401);
    expect(await provesItself(host, made['client_id']!, made['client_secret']!)).toBe(false);
  });

  it('RFC 7592 2.1: 401 with a challenge for no token, another client and other secrets', async () => {
    const other = (await register(host, SMALLEST)).body;
    const user = await signUp(host.url);
    for (const bearer of [undefined, other.registration_access_token, made['client_secret'], user.token, 'x'])
      for (const method of ['GET', 'DELETE', 'PUT']) {
        const headers: Record<string, string> = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
        const answer = await send(at(), { method, headers, ...(method === 'PUT' && { body: SMALLEST }) });
        expect([answer.status, answer.body.error]).toEqual([401, 'invalid_token']);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      }
    const unknown = await send(at('unknown'), { bearer: made['registration_access_token']! });
    expect(unknown.status).toBe(401);
  });
});

describe("the owner's routes on better-auth's wire", () => {
  let host: TestApp;
  let owner: SignedInUser;
  let stranger: SignedInUser;
  let id: string;
  beforeAll(async () => {
    host = await createClientHost({ dynamicRegistration: 'authenticated' });
    owner = await signUp(host.url);
    stranger = await signUp(host.url);
  });
  afterAll(() => host.close());

  const call = (route: string, body?: object, who: SignedInUser | null = owner) =>
    send(`${host.url}/api/auth/oauth2/${route}`, { ...(body && { body }), ...(who && { bearer: who.token }) });

  it('create-client', async () => {
    const answer = await call('create-client', {
      ...SMALLEST,
      client_name: 'Mine',
      logo_uri: 'https://client.example/l',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).not.toHaveProperty('registration_access_token');
    expect(await provesItself(host, answer.body.client_id, answer.body.client_secret)).toBe(true);
    id = answer.body.client_id;
  });

  it('get-client, get-clients', async () => {
    expect((await call(`get-client?client_id=${id}`)).body).toMatchObject({ client_id: id, client_name: 'Mine' });
    const { body } = await call('get-clients');
    expect(body.map((client: { client_id: string }) => client.client_id)).toEqual([id]);
    expect((await call('get-clients', undefined, stranger)).body).toEqual([]);
  });

  it('update-client merges; null takes away', async () => {
    const update = { client_name: 'Ours', redirect_uris: [CALLBACK, 'https://client.example/b'], logo_uri: null };
    const { status, body } = await call('update-client', { client_id: id, update });
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_name: 'Ours', redirectURLs: update.redirect_uris });
    expect(body).not.toHaveProperty('logo_uri');
  });

  it('anybody who is signed in sees what a consent page shows', async () => {
    expect((await call(`public-client?client_id=${id}`, undefined, stranger)).body).toEqual({
      client_id: id,
      client_name: 'Ours',
      redirect_uris: [],
    });
    expect((await call(`client/${id}`, undefined, stranger)).body).toEqual({ clientId: id, name: 'Ours', icon: null });
    expect((await call('client/unknown')).status).toBe(404);
    expect((await call(`client/${id}`, undefined, null)).status).toBe(401);
  });

  it.each<[string, (client: string) => [string, object?]]>([
    ['get-client', (client) => [`get-client?client_id=${client}`]],
    ['update-client', (client) => ['update-client', { client_id: client, update: { client_name: 'x' } }]],
    ['rotate-secret', (client) => ['client/rotate-secret', { client_id: client }]],
    ['delete-client', (client) => ['delete-client', { client_id: client }]],
  ])('%s: 404 unknown, 401 somebody else and nobody, 400 without an id', async (_, requestFor) => {
    const ask = (client: string, who: SignedInUser | null = owner) => {
      const [route, body] = requestFor(client);
      return call(route, body, who);
    };
    expect((await ask('unknown')).status).toBe(404);
    expect((await ask(id, stranger)).status).toBe(401);
    expect((await ask(id, null)).status).toBe(401);
    expect((await ask('')).status).toBe(400);
    expect((await call(`client/${id}`)).body.name).toBe('Ours');
  });

  it('a client without a secret has none to rotate', async () => {
    const { body } = await call('create-client', { ...SMALLEST, token_endpoint_auth_method: 'none' });
    const answer = await call('client/rotate-secret', { client_id: body.client_id });
    expect([answer.status, answer.body.code]).toEqual([400, 'CLIENT_HAS_NO_SECRET']);
  });

  it('two changes at once: none is lost unseen', async () => {
    const { body } = await call('create-client', SMALLEST);
    const changes = [
      { client_name: 'one' },
      { policy_uri: 'https://client.example/p' },
      { tos_uri: 'https://client.example/t' },
    ];
    const answers = await Promise.all(
      changes.map((update) => call('update-client', { client_id: body.client_id, update })),
    );
    const after = (await call(`get-client?client_id=${body.client_id}`)).body;
    answers.forEach(({ status }, index) => {
      const [[name, value]] = Object.entries(changes[index]!) as [[string, string]];
      expect([status, after[name]]).toEqual(status === 200 ? [200, value] : [409, undefined]);
    });
    expect(answers.some(({ status }) => status === 200)).toBe(true);
  });

  it('delete-client', async () => {
    const { status, body } = await call('delete-client', { client_id: id });
    expect([status, body]).toEqual([200, null]);
    expect((await call(`get-client?client_id=${id}`)).status).toBe(404);
  });
});
