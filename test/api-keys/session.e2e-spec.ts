import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('GET /get-session with a key on %s', (adapter) => {
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    host = await createKeyApp({ enableSessionForAPIKeys: true }, { adapter });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const getSession = (headers: Record<string, string>, url = host.url) =>
    send(`${url}/api/auth/get-session`, { headers });

  it("200 with the user and the key's name, metadata and permissions, in both headers, without the key", async () => {
    const { id, key } = await host.issue({
      owner: ada,
      name: 'ci',
      metadata: { a: 1 },
      permissions: { reports: ['read'] },
    });
    const carriers: Record<string, string>[] = [{ 'x-api-key': key }, { authorization: `Bearer ${key}` }];
    for (const headers of carriers) {
      const { status, body, text } = await getSession(headers);
      expect(status).toBe(200);
      expect(body.user.id).toBe(ada.id);
      expect(body.session).toMatchObject({
        id,
        userId: ada.id,
        apiKey: { name: 'ci', metadata: { a: 1 }, permissions: { reports: ['read'] } },
      });
      expect(body.apiKey).toEqual(body.session.apiKey);
      expect(new Date(body.session.expiresAt).getTime()).toBeGreaterThan(Date.now());
      expect(text).not.toContain(key);
    }
    expect((await host.keys.get(id)).requestCount).toBe(2);
  });

  it('200 null for a bad key, for a key of an organisation, and where the option is off', async () => {
    const { key } = await host.issue({ owner: ada });
    const organisation = await host.issue({ owner: { kind: 'organization', id: 'acme' } });
    const revoked = await host.issue({ owner: ada });
    await host.keys.revoke(revoked.id);
    for (const bad of ['garbage', organisation.key, revoked.key]) {
      const answer = await getSession({ 'x-api-key': bad });
      expect([answer.status, answer.text]).toEqual([200, 'null']);
    }
    const off = await createKeyApp({}, { databaseUrl: host.databaseUrl });
    try {
      expect((await getSession({ 'x-api-key': key }, off.url)).text).toBe('null');
    } finally {
      await off.close();
    }
  });

  it('401 at the routes of the user in person: a key is no session', async () => {
    const { key } = await host.issue({ owner: ada });
    for (const path of ['list-sessions', 'api-key/list'])
      expect((await send(`${host.url}/api/auth/${path}`, { headers: { 'x-api-key': key } })).status).toBe(401);
    const changed = await send(`${host.url}/api/auth/update-user`, {
      body: { name: 'x' },
      headers: { 'x-api-key': key },
    });
    expect(changed.status).toBe(401);
  });
});
