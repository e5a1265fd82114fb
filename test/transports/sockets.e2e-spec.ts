import { ApiKeysService, type ApiKeyWithSecret } from '../../src/index.js';
import { CredentialWatch } from '../../src/common/live/credential-watch.js';
import { TEST_ISSUER, createTestApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { FORGED, NOBODY } from '../support/forged-identity.js';
import { send } from '../support/http.js';
import { watchPool } from '../support/pool.js';
import { Refused, type Handshake, type SocketClient } from '../support/socket-clients.js';
import { connections, disconnections } from '../support/socket-gateways.js';
import { ENDS, KEY_ENDS } from '../support/socket-ends.js';
import { PLATFORMS } from '../support/socket-platforms.js';
import { until } from '../support/until.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

describe.each(PLATFORMS)('F30: sockets of $platform', ({ platform, adapter, connect: reach, gateways, ...rest }) => {
  let host: TestApp;
  /** Another node on the same database. */
  let other: TestApp;
  let user: SignedInUser;
  const open: SocketClient[] = [];
  const options = {
    adapter,
    auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
    providers: [...gateways],
    ...rest,
  } satisfies TestAppOptions;
  beforeAll(async () => {
    host = await createTestApp(options);
    other = await createTestApp({ ...options, databaseUrl: host.databaseUrl });
    user = await signUp(host.url);
  });
  afterEach(() => open.splice(0).forEach((one) => one.close()));
  afterAll(async () => {
    await other?.close();
    await host?.close();
  });

  const connect = async (place: string, handshake: Handshake = {}, { url } = host): Promise<SocketClient> => {
    const client = await reach(url, place, handshake);
    open.push(client);
    return client;
  };
  const refusal = (place: string, handshake?: Handshake): Promise<number | 'connected'> =>
    connect(place, handshake).then(
      () => 'connected',
      (error: unknown) => (error instanceof Refused ? error.status : Promise.reject(error)),
    );
  const bearer = (token: string): Handshake => ({ headers: { authorization: `Bearer ${token}` } });
  const withKey = (key: string): Handshake => ({ headers: { 'x-api-key': key } });
  const fresh = () => signIn(host.url, user.email);
  const issue = (fields: object = {}): Promise<ApiKeyWithSecret> =>
    host.app.get(ApiKeysService).create({ owner: { kind: 'user', id: user.id }, name: 'live', ...fields });

  it.each([
    ['401 no credential', 'closed', () => ({}), 401],
    ['401 a bad token', 'closed', () => bearer('garbage'), 401],
    ['401 a refresh token (T041)', 'closed', () => bearer(user.refreshToken), 401],
    ['401 a bad token also where strangers may connect', 'matrix', () => bearer('garbage'), 401],
    ['400 two credentials (RFC 6750 2)', 'closed', () => both(), 400],
    ['403 lacking scope (RFC 6750 3.1)', 'writers', () => bearer(user.accessToken), 403],
    ['401 for the user in person, to a stranger', 'persons', () => ({}), 401],
    ['401 under a guard of the host', 'even', () => ({}), 401],
  ])('%s: refused at connect, before a gateway hears of it', async (_name, place, handshake, status) => {
    const before = connections.length;
    expect(await refusal(place, handshake())).toBe(status);
    expect(connections).toHaveLength(before);
  });
  const both = () => ({ headers: { authorization: `Bearer ${user.accessToken}`, 'x-api-key': 'key' } });

  it('401 an API key is no person', async () => {
    const { key } = await issue();
    expect(await refusal('persons', withKey(key))).toBe(401);
    expect(await refusal('persons', bearer(user.token))).toBe('connected');
  });

  it('T033: a cookie counts from a trusted origin only', async () => {
    const from = (origin?: string) => ({ headers: { cookie: user.cookie, ...(origin && { origin }) } });
    expect(await refusal('cookies', from(TEST_ISSUER))).toBe('connected');
    for (const place of ['cookies', 'closed', 'matrix'])
      expect([await refusal(place, from('https://evil.example')), await refusal(place, from())]).toEqual([403, 403]);
    // A token that a page of another origin holds is its own credential.
    const { headers } = from('https://evil.example');
    expect(await refusal('cookies', { headers: { ...headers, authorization: `Bearer ${user.accessToken}` } })).toBe(
      'connected',
    );
    const stranger = await connect('open', from('https://evil.example'));
    expect((await stranger.ask('public')).data).toMatchObject(NOBODY);
  });

  it('a handler finds its caller in parameters and in AuthContext, and the gateway in handleConnection', async () => {
    const client = await connect('closed', bearer(user.accessToken));
    expect(connections.at(-1)).toBe(user.id);
    const known = { principal: user.id, user: user.id, context: user.id, contextUser: user.id, client: null };
    expect((await client.ask('whoami')).data).toEqual({ ...known, key: null });
    expect((await client.ask('hello')).data).toEqual({ hasServer: true });
    const { key } = await issue({ name: 'of a script' });
    const script = await connect('closed', withKey(key));
    expect((await script.ask('whoami')).data).toEqual({ ...known, key: 'of a script' });
  });

  it('several gateways share a connection', async () => {
    const client = await connect('closed', bearer(user.accessToken));
    expect(await client.ask('second')).toEqual({ event: 'seen', data: { subject: user.id } });
    const told = disconnections.length;
    client.close();
    await until('the gateway hears of it', () => disconnections.length === told + 1);
  });

  it('answers that come as a stream know their caller, and end with its credential', async () => {
    const { accessToken, token } = await fresh();
    const client = await connect('closed', bearer(accessToken));
    void client.ask('ticks').catch(() => undefined);
    await until('ticks', () => client.received.length > 2);
    expect(client.received[1]).toEqual({ event: 'tick', data: user.id });
    await send(`${host.url}/api/auth/sign-out`, { body: {}, bearer: token });
    expect(await client.closed).toBe(401);
  });

  it('403 in the form of WsException: what is lacking is named, and the connection stays', async () => {
    const client = await connect('closed', bearer(user.accessToken));
    expect(await client.ask('writes')).toEqual({
      event: 'exception',
      data: {
        status: 'error',
        code: 'INSUFFICIENT_SCOPE',
        message: expect.stringContaining('reports:write'),
        statusCode: 403,
        requiredScopes: ['reports:write'],
      },
    });
    expect((await client.ask('throws')).data).toMatchObject({ code: 'NOT_YOURS', message: 'Not yours' });
    expect((await client.ask('second')).event).toBe('seen');
  });

  it('T022 429: a key pays for each message, from memory, and is told when to try again', async () => {
    const { key } = await issue({ rateLimitMax: 3, rateLimitTimeWindow: 60_000 });
    const client = await connect('closed', withKey(key));
    const codes: unknown[] = [];
    for (let count = 0; count < 5; count++) codes.push((await client.ask('second')).data.code ?? 'seen');
    // Where the client says hello to know that it is connected, that is a message too.
    expect(codes.filter((code) => code === 'seen')).toHaveLength(platform === 'ws' ? 2 : 3);
    const { data } = await client.ask('second');
    expect(data).toMatchObject({ statusCode: 429, retryAfter: expect.any(Number) });
  });

  it('a message is verified from memory', async () => {
    const client = await connect('closed', bearer((await fresh()).accessToken));
    await client.ask('second');
    const sent: string[] = [];
    watchPool(host, (name) => sent.push(name));
    for (let count = 0; count < 5; count++) await client.ask('second');
    expect(sent).toEqual([]);
  });

  it('a guard of the host may refuse single messages', async () => {
    const client = await connect('even', bearer(user.accessToken));
    expect((await client.ask('count', { count: 2 })).event).toBe('seen');
    expect((await client.ask('count', { count: 3 })).data.statusCode).toBe(403);
  });

  it.each([
    { auth: FORGED },
    { auth: FORGED, user: FORGED, headers: { authorization: 'Bearer x' }, raw: { headers: {} } },
    { req: { auth: FORGED, headers: {} }, headers: {}, handshake: { auth: FORGED, headers: {} } },
    { 'nest-authority:scope': { principal: FORGED }, call: { client: {}, request: {} }, admitted: {} },
  ])('F01: what a message says of its sender is not read: %j', async (forgery) => {
    const token = { headers: { authorization: `Bearer ${user.accessToken}` }, authorization: user.accessToken };
    const stranger = await connect('open');
    expect((await stranger.ask('public', { ...token, ...forgery })).data).toMatchObject(NOBODY);
    const another = await connect('matrix');
    for (const handler of ['bearer', 'session', 'key', 'cookie'])
      expect((await another.ask(handler, { ...token, ...forgery })).data.statusCode).toBe(401);
    expect((await another.ask('optional', forgery)).data).toEqual({ subject: 'nobody' });
  });

  it('a gateway without a decorator of ours is the host’s: its credentials are not read', async () => {
    const client = await connect('foreign', bearer('of the host itself'));
    expect((await client.ask('hello')).data).toEqual({ subject: 'nobody' });
  });

  describe.each(['this node', 'another node'])('an end on %s', (where) => {
    const node = () => (where === 'this node' ? host : other);

    it.each(Object.entries(ENDS))('closes the connection, and refuses its messages: %s', async (_name, end) => {
      const one = await signUp(host.url);
      const clients = [
        await connect('closed', bearer(one.accessToken)),
        await connect('cookies', bearer(one.token)),
        await connect('cookies', { headers: { cookie: one.cookie, origin: TEST_ISSUER } }),
      ];
      const bystander = await connect('closed', bearer(user.accessToken));
      await end(one, node());
      if (where === 'this node')
        for (const client of clients) expect((await answerOrEnd(client)).event).not.toBe('seen');
      expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([401, 401, 401]);
      expect((await bystander.ask('second')).event).toBe('seen');
      expect(await refusal('closed', bearer(one.accessToken))).toBe(401);
    });

    it.each(Object.entries(KEY_ENDS))('%s', async (_name, end) => {
      const { id, key } = await issue();
      const client = await connect('closed', withKey(key));
      await end(id, node());
      expect(await client.closed).toBe(401);
    });

    it('what only changes a credential closes nothing, unless a scope is gone that the class requires', async () => {
      const { id, key } = await issue({ scopes: ['reports:write'] });
      const [client, writer] = [await connect('closed', withKey(key)), await connect('writers', withKey(key))];
      const keys = node().app.get(ApiKeysService);
      await keys.update(id, { name: 'another name' });
      expect([(await client.ask('writes')).event, (await writer.ask('hello')).event]).toEqual(['seen', 'seen']);
      await keys.update(id, { scopes: [] });
      expect(await writer.closed).toBe(403);
      expect([(await client.ask('writes')).data.statusCode, (await client.ask('second')).event]).toEqual([403, 'seen']);
    });
  });
  const answerOrEnd = (client: SocketClient) =>
    Promise.race([client.ask('second'), client.closed.then(() => ({ event: 'closed', data: null }))]);

  it('closes at expiry', async () => {
    const one = await signUp(host.url);
    await host.sql(
      `UPDATE auth_token t SET expires_at = now() + interval '900 milliseconds'
       FROM auth_token_family f WHERE f.id = t.family_id AND f.subject = $1`,
      [one.id],
    );
    const client = await connect('closed', bearer(one.accessToken));
    expect((await client.ask('second')).event).toBe('seen');
    expect(await client.closed).toBe(401);
  });

  it('nothing is watched of connections that have closed, from either side', async () => {
    const watch = host.app.get(CredentialWatch);
    await until('earlier ones are gone', () => watch.size === 0);
    const { accessToken, token } = await fresh();
    const [one, two] = [await connect('closed', bearer(accessToken)), await connect('closed', bearer(accessToken))];
    await connect('open');
    expect(watch.size).toBe(2);
    one.close();
    await until('it is no longer watched', () => watch.size === 1);
    await send(`${host.url}/api/auth/sign-out`, { body: {}, bearer: token });
    await two.closed;
    expect(watch.size).toBe(0);
  });
});
