import { AuthEvents } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { delegate, keyAndDelegated, LESS, MAY } from '../support/delegated-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('POST /api-key/delegate', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    const configurations = [
      { configId: 'deep', prefix: 'dp_', delegation: { maxExpiresIn: '5m', maxDepth: 3 } },
      { configId: 'plain', prefix: 'pk_' },
    ];
    host = await createKeyApp({ delegation: {}, configurations });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const keys = async () => (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_api_key'))[0]!.n;

  it('200 a key of the same owner, for the agent, with what was asked for', async () => {
    const told: unknown[] = [];
    const stop = host.app.get(AuthEvents).on('api-key.delegated', (event) => void told.push(event));
    const metadata = { tenant: 'acme' };
    const parent = await host.issue({ owner: ada, ...MAY, metadata, allowedIps: ['127.0.0.1', '::1'] });
    const body = { agent: { id: 'travel', name: 'Travel assistant' }, scopes: ['reports:read'], expiresIn: 300 };
    const { status, body: child } = await delegate(host, parent.key, body);
    stop();
    expect(status).toBe(200);
    expect(child).toMatchObject({
      referenceId: ada.id,
      ownerKind: 'user',
      configId: 'default',
      name: 'Travel assistant',
      agent: { id: expect.stringMatching(/^agent:own:[0-9a-f]{32}$/), name: 'Travel assistant', from: null },
      delegatedFrom: parent.id,
      scopes: ['reports:read'],
      permissions: null,
      metadata,
      allowedIps: ['127.0.0.1', '::1'],
      key: expect.stringMatching(/^sk_/),
    });
    const seconds = (Date.parse(child.expiresAt) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(290);
    expect(seconds).toBeLessThan(310);
    expect(told).toEqual([
      expect.objectContaining({ keyId: child.id, delegatedFrom: parent.id, agentId: child.agent.id }),
    ]);
    expect((await host.use(child.key, 'scoped')).status).toBe(200);
    expect((await host.use(child.key, 'reports')).status).toBe(403);
    expect((await host.use(child.key, 'either')).body).toMatchObject({
      subjectId: ada.id,
      actor: { subjectId: child.agent.id, actor: null },
      claims: { apiKey: { delegatedFrom: parent.id } },
    });
  });

  it('200 without expiresIn as long as the option says, and never longer than the key that delegates', async () => {
    const { child } = await keyAndDelegated(host, ada);
    const lifetime = (Date.parse(child.expiresAt as unknown as string) - Date.now()) / 60_000;
    expect(lifetime).toBeGreaterThan(14);
    expect(lifetime).toBeLessThan(16);
    const parent = await host.issue({ owner: ada, ...MAY, expiresIn: 30 });
    const short = (await delegate(host, parent.key)).body;
    const got = await host.keys.get(parent.id);
    expect(short.expiresAt).toBe(got.expiresAt!.toISOString());
  });

  it('200 agents nest, the last one first (RFC 8693 4.1), and depth has an end', async () => {
    const agent = { id: 'support-bot', name: 'Support' };
    const root = await host.issue({ owner: ada, configId: 'deep', ...MAY, agent });
    const chain = [root.key];
    for (const name of ['one', 'two', 'three']) {
      const { status, body } = await delegate(host, chain.at(-1)!, { ...LESS, agent: { id: name, name } });
      expect(status).toBe(200);
      chain.push(body.key);
    }
    const { actor, claims } = (await host.use(chain.at(-1)!, 'either')).body;
    expect(actor).toMatchObject({ actor: { actor: { actor: { subjectId: 'agent:support-bot', actor: null } } } });
    expect(claims.apiKey.agent).toMatchObject({ name: 'three', from: { name: 'two', from: { name: 'one' } } });
    const before = await keys();
    const deeper = await delegate(host, chain.at(-1)!);
    expect(deeper).toMatchObject({ status: 403, body: { code: 'DELEGATION_TOO_DEEP' } });
    const { child } = await keyAndDelegated(host, ada);
    expect(await delegate(host, child.key)).toMatchObject({ status: 403, body: { code: 'DELEGATION_TOO_DEEP' } });
    expect(await keys()).toBe(before + 2);
  });

  it('T204 an agent cannot name the agent of its owner, nor that of another one', async () => {
    const named = (await host.call(ada, 'create', { agent: { id: 'travel', name: 'x' } })).body;
    const first = await host.issue({ owner: ada, ...MAY, agent: { id: 'a', name: 'a' } });
    const second = await host.issue({ owner: ada, ...MAY, agent: { id: 'b', name: 'b' } });
    const plain = await host.issue({ owner: ada, ...MAY });
    const body = { ...LESS, agent: { id: 'travel', name: 'x' } };
    const ids = [named.agent.id];
    for (const { key } of [first, second, plain]) ids.push((await delegate(host, key, body)).body.agent.id);
    expect(new Set(ids).size).toBe(4);
    expect((await delegate(host, first.key, body)).body.agent.id).toBe(ids[1]);
  });

  it.each([
    [{ agent: { name: 'x' } }, 400, 'NOTHING_DELEGATED'],
    [{ agent: { name: 'x' }, scopes: [] }, 400, 'NOTHING_DELEGATED'],
    [{ agent: { name: 'x' }, permissions: {} }, 403, 'INSUFFICIENT_API_KEY_PERMISSIONS'],
    [{ agent: { name: 'x' }, permissions: { reports: [] } }, 403, 'INSUFFICIENT_API_KEY_PERMISSIONS'],
    [{ agent: { name: 'x' }, permissions: { reports: ['delete'] } }, 403, 'INSUFFICIENT_API_KEY_PERMISSIONS'],
    [{ agent: { name: 'x' }, permissions: { users: ['read'] } }, 403, 'INSUFFICIENT_API_KEY_PERMISSIONS'],
    [{ agent: { name: 'x' }, scopes: ['reports:read', 'users:read'] }, 403, 'INSUFFICIENT_API_KEY_PERMISSIONS'],
    [{ ...LESS, scopes: ['admin'] }, 403, 'INSUFFICIENT_API_KEY_PERMISSIONS'],
    [{ ...LESS, expiresIn: 901 }, 400, 'EXPIRES_IN_IS_TOO_LARGE'],
    [{ ...LESS, expiresIn: 0 }, 400, 'VALIDATION_ERROR'],
    [{ ...LESS, expiresIn: -5 }, 400, 'VALIDATION_ERROR'],
    [{ ...LESS, expiresIn: null }, 400, 'VALIDATION_ERROR'],
    [{ ...LESS, expiresIn: '300' }, 400, 'VALIDATION_ERROR'],
    [{ permissions: { reports: ['read'] } }, 400, 'VALIDATION_ERROR'],
    [{ ...LESS, agent: { name: '\u202Ex' } }, 400, 'INVALID_NAME'],
    [{ ...LESS, agent: { id: 'agent:a', name: 'x' } }, 400, 'INVALID_AGENT'],
    [{ ...LESS, permissions: { reports: 'read' } }, 400, 'VALIDATION_ERROR'],
    [{ ...LESS, permissions: JSON.parse('{"__proto__":["read"]}') }, 400, 'BAD_REQUEST'],
    [{ ...LESS, scopes: ['a b'] }, 400, 'INVALID_SCOPE'],
    [{ ...LESS, remaining: 5 }, 400, 'SERVER_ONLY_PROPERTY'],
    [{ ...LESS, rateLimitEnabled: false }, 400, 'SERVER_ONLY_PROPERTY'],
    [{ ...LESS, configId: 'plain' }, 400, 'SERVER_ONLY_PROPERTY'],
    [{ ...LESS, allowedIps: [] }, 400, 'SERVER_ONLY_PROPERTY'],
    [{ ...LESS, delegatedFrom: 'x' }, 400, 'SERVER_ONLY_PROPERTY'],
    [{ ...LESS, userId: 'x' }, 400, 'SERVER_ONLY_PROPERTY'],
  ])('T201 %j: %i %s, and nothing is made', async (body, status, code) => {
    const { key } = await host.issue({ owner: ada, ...MAY });
    const before = await keys();
    expect(await delegate(host, key, body)).toMatchObject({ status, body: { code } });
    expect(await keys()).toBe(before);
  });

  it('T201 a delegated key stays as it is: 400 to change or to replace it, by anybody', async () => {
    const { child } = await keyAndDelegated(host, ada);
    const wider = { keyId: child.id, enabled: true };
    expect(await host.call(ada, 'update', wider)).toMatchObject({ status: 400, body: { code: 'KEY_DELEGATED' } });
    expect(await host.call(ada, 'rotate', { keyId: child.id })).toMatchObject({ body: { code: 'KEY_DELEGATED' } });
    const change = { method: 'PATCH', body: { scopes: ['admin'], expiresIn: null } };
    expect(await host.admin(`/${child.id}`, change)).toMatchObject({ status: 400, body: { code: 'KEY_DELEGATED' } });
    expect((await host.keys.get(child.id)).scopes).toEqual([]);
  });

  it('T201 403 for keys of a kind without the option', async () => {
    const { key } = await host.issue({ owner: ada, configId: 'plain', ...MAY });
    expect(await delegate(host, key)).toMatchObject({ status: 403, body: { code: 'DELEGATION_OFF' } });
  });

  it('T201 a key that may do nothing has nothing to hand on', async () => {
    const { key } = await host.issue({ owner: ada });
    expect(await delegate(host, key)).toMatchObject({ body: { code: 'INSUFFICIENT_API_KEY_PERMISSIONS' } });
  });

  it('401 without a key, with a bad one, and with a session', async () => {
    const url = `${host.url}/api/auth/api-key/delegate`;
    expect((await send(url, { body: LESS })).status).toBe(401);
    expect((await delegate(host, 'sk_bad')).status).toBe(401);
    expect((await send(url, { bearer: ada.token, body: LESS })).status).toBe(401);
  });

  it('200 of an organisation: the delegated key is theirs, and no user', async () => {
    const owner = { kind: 'organization', id: 'acme' } as const;
    const { key } = await host.issue({ owner, ...MAY });
    const child = (await delegate(host, key)).body;
    expect(child).toMatchObject({ ownerKind: 'organization', referenceId: 'acme' });
    expect((await host.use(child.key, 'either')).body).toMatchObject({ kind: 'client', actor: { actor: null } });
  });

  it('200 host code delegates, within the key too', async () => {
    const { id } = await host.issue({ owner: ada, ...MAY });
    const child = await host.keys.delegate(id, {
      agent: { id: 'support-bot', name: 'Support' },
      scopes: ['reports:read'],
    });
    expect(child.agent!.id).toBe('agent:support-bot');
    const wider = host.keys.delegate(id, { agent: { name: 'x' }, scopes: ['admin'] });
    await expect(wider).rejects.toMatchObject({ code: 'INSUFFICIENT_API_KEY_PERMISSIONS' });
  });

  it('200 lists tell delegated keys apart', async () => {
    const eve = await signUp(host.url);
    const { parent, child } = await keyAndDelegated(host, eve);
    const listed = async (query: string) =>
      (await host.call(eve, `list?${query}`)).body.apiKeys.map(({ id }: { id: string }) => id);
    expect(await listed('')).toEqual([child.id, parent.id]);
    expect(await listed('delegatedFrom=none')).toEqual([parent.id]);
    expect(await listed(`delegatedFrom=${parent.id}`)).toEqual([child.id]);
    expect(await host.call(eve, 'list?delegatedFrom=x')).toMatchObject({ status: 400 });
  });
});
