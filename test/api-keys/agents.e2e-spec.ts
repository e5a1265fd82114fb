import { AuthEvents } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('API keys that are made for an agent', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  let bob: SignedInUser;
  beforeAll(async () => {
    host = await createKeyApp({ enableSessionForAPIKeys: true });
    [ada, bob] = [await signUp(host.url), await signUp(host.url)];
  });
  afterAll(() => host.close());

  const make = async (user: SignedInUser, agent: object) =>
    (await host.call(user, 'create', { name: 'x', agent })).body;

  it('200 the key acts for its owner, and its principal says who acts', async () => {
    const { key, id, agent, delegatedFrom } = await make(ada, { name: 'Travel assistant' });
    expect(agent).toEqual({
      id: expect.stringMatching(/^agent:own:[0-9a-f]{32}$/),
      name: 'Travel assistant',
      from: null,
    });
    expect(delegatedFrom).toBeNull();
    const { body: principal } = await host.use(key, 'either');
    expect(principal).toMatchObject({
      kind: 'user',
      subjectId: ada.id,
      credentialId: id,
      actor: { subjectId: agent.id, issuer: null, actor: null },
      claims: { apiKey: { agent, delegatedFrom: null } },
    });
  });

  it('200 the key of the owner themselves has no actor', async () => {
    const { key, agent } = (await host.call(ada, 'create', { name: 'mine' })).body;
    expect(agent).toBeNull();
    expect((await host.use(key, 'either')).body.actor).toBeNull();
  });

  it('200 the lists, verify and get-session say it, and it stays when the key is rotated', async () => {
    const { id, key, agent } = await make(ada, { id: 'travel', name: 'Travel assistant' });
    expect((await host.call(ada, `get?id=${id}`)).body.agent).toEqual(agent);
    expect((await host.call(ada, 'verify', { key })).body.key.agent).toEqual(agent);
    const view = await send(`${host.url}/api/auth/get-session`, { headers: { 'x-api-key': key } });
    expect(view.body.session.apiKey.agent).toEqual(agent);
    const rotated = (await host.call(ada, 'rotate', { keyId: id })).body;
    expect(rotated.agent).toEqual(agent);
    expect((await host.use(rotated.key, 'either')).body.actor.subjectId).toBe(agent.id);
  });

  it('200 events of the key name the agent; those of other keys do not', async () => {
    const told: unknown[] = [];
    const stop = host.app.get(AuthEvents).on('api-key.created', (event) => void told.push(event));
    const { agent, id } = await make(ada, { name: 'Told' });
    const plain = await host.issue({ owner: ada });
    stop();
    expect(told).toEqual([
      expect.objectContaining({ keyId: id, agentId: agent.id }),
      expect.objectContaining({ keyId: plain.id }),
    ]);
    expect(told[1]).not.toHaveProperty('agentId');
  });

  it('T204 keys that name the same agent have one; nobody else can have it', async () => {
    const first = await make(ada, { id: 'travel', name: 'Travel assistant' });
    const second = await make(ada, { id: 'travel', name: 'The same' });
    const other = await make(ada, { id: 'mail', name: 'Travel assistant' });
    const foreign = await make(bob, { id: 'travel', name: 'Travel assistant' });
    expect(second.agent.id).toBe(first.agent.id);
    expect(new Set([first, other, foreign].map(({ agent }) => agent.id)).size).toBe(3);
    const unnamed = [await make(ada, { name: 'One' }), await make(ada, { name: 'One' })];
    expect(unnamed[0].agent.id).not.toBe(unnamed[1].agent.id);
  });

  it('T204 only host code and administration name an agent for all users', async () => {
    const { agent } = await host.issue({ owner: ada, agent: { id: 'support-bot', name: 'Support' } });
    expect(agent!.id).toBe('agent:support-bot');
    const body = { userId: bob.id, agent: { id: 'support-bot', name: 'Support' } };
    expect((await host.admin('', { body })).body.agent.id).toBe('agent:support-bot');
    expect((await make(bob, { id: 'support-bot', name: 'Support' })).agent.id).not.toBe('agent:support-bot');
    for (const id of ['agent:support-bot', 'own:0123', ada.id.repeat(3), '', ' a', 'a b', '../x', 'ä'])
      expect(await host.call(bob, 'create', { agent: { id, name: 'x' } })).toMatchObject({ status: 400 });
  });

  it('T204 401 in person: no key for an agent manages the account, and none is given by a change', async () => {
    const { key, id } = await make(ada, { name: 'Travel assistant' });
    const headers = { 'x-api-key': key };
    const change = { headers, body: { name: 'taken over' } };
    expect(await send(`${host.url}/api/auth/update-user`, change)).toMatchObject({ status: 401 });
    expect(await send(`${host.url}/api/auth/api-key/create`, { headers, body: {} })).toMatchObject({ status: 401 });
    const renamed = await host.call(ada, 'update', { keyId: id, agent: { name: 'Other' } });
    expect(renamed).toMatchObject({ status: 400, body: { code: 'SERVER_ONLY_PROPERTY' } });
    expect((await host.call(ada, `get?id=${id}`)).body.agent.name).toBe('Travel assistant');
  });

  it.each([
    [{}, 'VALIDATION_ERROR'],
    [{ name: '' }, 'INVALID_NAME_LENGTH'],
    [{ name: 'x'.repeat(101) }, 'INVALID_NAME_LENGTH'],
    [{ name: 'a\u202Eb' }, 'INVALID_NAME'],
    [{ name: 'a', id: 7 }, 'VALIDATION_ERROR'],
    ['travel', 'VALIDATION_ERROR'],
    [[], 'VALIDATION_ERROR'],
  ])('400 the agent %j', async (agent, code) => {
    const before = (await host.call(ada, 'list')).body.total;
    expect(await host.call(ada, 'create', { agent })).toMatchObject({ status: 400, body: { code } });
    expect((await host.call(ada, 'list')).body.total).toBe(before);
  });
});
