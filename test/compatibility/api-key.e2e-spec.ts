import { apiKeyClient } from '@better-auth/api-key/client';
import { createAuthClient } from 'better-auth/client';
import { SessionsService } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { TEST_ISSUER } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** The unmodified better-auth 1.7.25 client, as a browser would run it: with the session cookie and an Origin. */
describe.each(['express', 'fastify'] as const)('apiKeyClient() of better-auth 1.7.25 on %s', (adapter) => {
  let host: KeyApp;
  let ada: SignedInUser;
  const clientOf = (user: SignedInUser) =>
    createAuthClient({
      baseURL: host.url,
      plugins: [apiKeyClient()],
      fetchOptions: { headers: { cookie: user.cookie, origin: TEST_ISSUER } },
    });
  beforeAll(async () => {
    host = await createKeyApp({ enableSessionForAPIKeys: true }, { adapter });
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('creates, gets, updates, lists and deletes', async () => {
    const client = clientOf(ada);
    const created = await client.apiKey.create({ name: 'From the client', expiresIn: 86_400, metadata: { team: 'a' } });
    expect(created.error).toBeNull();
    const key = created.data!;
    expect(key.key).toMatch(/^sk_/);
    expect(key.expiresAt).toBeInstanceOf(Date);

    const got = await client.apiKey.get({ query: { id: key.id } });
    expect(got.data).toMatchObject({
      id: key.id,
      name: 'From the client',
      metadata: { team: 'a' },
      referenceId: ada.id,
    });
    expect(got.data).not.toHaveProperty('key');

    const updated = await client.apiKey.update({ keyId: key.id, name: 'Renamed', enabled: false });
    expect(updated.data).toMatchObject({ id: key.id, name: 'Renamed', enabled: false });
    expect((await host.use(key.key)).status).toBe(401);

    const listed = await client.apiKey.list({
      query: { limit: 10, offset: 0, sortBy: 'createdAt', sortDirection: 'asc' },
    });
    expect(listed.data).toMatchObject({ total: 1, limit: 10, offset: 0, apiKeys: [{ id: key.id }] });

    expect((await client.apiKey.delete({ keyId: key.id })).data).toEqual({ success: true });
    const gone = await client.apiKey.get({ query: { id: key.id } });
    expect(gone.error).toMatchObject({ status: 404, code: 'KEY_NOT_FOUND' });
    expect((await client.apiKey.list({})).data).toMatchObject({ total: 0, apiKeys: [] });
  });

  it('shows errors with code and message', async () => {
    const client = clientOf(ada);
    const refused = await client.apiKey.create({ name: 'x', remaining: 5 } as never);
    expect(refused.error).toMatchObject({ status: 400, code: 'SERVER_ONLY_PROPERTY' });
    expect(refused.error!.message).toContain('remaining');
  });

  // The calls as the plugin's older documentation shows them; `apiKey.revoke` and `expiresAt` are in no type of 1.7.5.
  it('runs the documented calls word for word', async () => {
    const authClient = clientOf(ada) as any;

    const { data: key } = await authClient.apiKey.create({
      name: 'Production API Key',
      expiresAt: new Date(Date.now() + 365 * 24 * 60 * 60 * 1000), // 1 year
      metadata: {
        environment: 'production',
        permissions: ['read', 'write'],
      },
    });
    expect(key.key).toMatch(/^sk_/);
    expect(Math.round((key.expiresAt.getTime() - Date.now()) / 86_400_000)).toBe(365);

    const { data: keys } = await authClient.apiKey.list();
    expect(keys.apiKeys.map(({ id }: { id: string }) => id)).toEqual([key.id]);
    expect(JSON.stringify(keys)).not.toContain(key.key);

    const answer = await send(`${host.url}/host/either`, { headers: { Authorization: `Bearer ${key.key}` } });
    expect(answer.status).toBe(200);

    const req = { headers: new Headers({ Authorization: `Bearer ${key.key}` }) };
    const auth = { api: host.app.get(SessionsService) };
    const session = await auth.api.getSession({
      headers: req.headers,
    });
    expect(session?.apiKey?.name).toBe('Production API Key');
    expect(session?.apiKey?.metadata).toEqual({ environment: 'production', permissions: ['read', 'write'] });
    expect(session?.session.apiKey?.name).toBe('Production API Key');
    expect(session?.user.id).toBe(ada.id);

    const { data: revoked } = await authClient.apiKey.revoke({ keyId: key.id });
    expect(revoked).toEqual({ success: true });
    expect((await host.use(key.key)).status).toBe(401);
  });
});
