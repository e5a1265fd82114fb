import { ADMIN_TOKEN, createKeyApp, type KeyApp } from '../support/api-keys.js';
import { createTestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('administration of API keys', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    host = await createKeyApp();
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('404 while the host has not opened it, 403 when its guard says no', async () => {
    const closed = await createTestApp({ auth: { apiKeys: {} } });
    try {
      const answer = await send(`${closed.url}/api/auth/admin/api-keys`, { bearer: ADMIN_TOKEN });
      expect(answer.status).toBe(404);
    } finally {
      await closed.close();
    }
    expect((await send(`${host.url}/api/auth/admin/api-keys`)).status).toBe(403);
    expect((await send(`${host.url}/api/auth/admin/api-keys`, { bearer: ada.token })).status).toBe(403);
  });

  it('200 creates a key for any user, with limits, quota, refill and permissions', async () => {
    const fields = {
      name: 'partner',
      remaining: 10,
      refillAmount: 10,
      refillInterval: 60_000,
      rateLimitMax: 5,
      rateLimitTimeWindow: 1_000,
      permissions: { reports: ['read'] },
      scopes: ['reports:read'],
    };
    const made = await host.admin('', { body: { userId: ada.id, ...fields } });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ ...fields, referenceId: ada.id, ownerKind: 'user', createdBy: null });
    expect((await host.use(made.body.key, 'reports')).status).toBe(200);
    expect((await host.use(made.body.key, 'scoped')).status).toBe(200);
    const own = await host.call(ada, `get?id=${made.body.id}`);
    expect(own.body).toMatchObject({ id: made.body.id, remaining: 8 });
  });

  it('200 a refill without a balance starts full', async () => {
    const made = await host.admin('', { body: { userId: ada.id, refillAmount: 7, refillInterval: 60_000 } });
    expect(made.body.remaining).toBe(7);
  });

  it('200 updates, lists, shows, rotates, revokes and deletes any key', async () => {
    const { id, key } = await host.issue({ owner: ada });
    const updated = await host.admin(`/${id}`, { method: 'PATCH', body: { remaining: 1 } });
    expect(updated.body).toMatchObject({ id, remaining: 1 });
    expect([(await host.use(key)).status, (await host.use(key)).status]).toEqual([200, 429]);
    expect((await host.admin(`/${id}`, { method: 'PATCH', body: { remaining: null } })).body.remaining).toBeNull();
    expect((await host.use(key)).status).toBe(200);
    const listed = await host.admin(`?userId=${ada.id}&limit=1`);
    expect(listed.body).toMatchObject({ limit: 1, apiKeys: [{ id }] });
    expect((await host.admin(`/${id}`)).body.id).toBe(id);
    const rotated = await host.admin(`/${id}/rotate`, { body: { overlap: 0 } });
    expect((await host.use(rotated.body.key)).status).toBe(200);
    expect((await host.admin(`/${rotated.body.id}/revoke`, { body: { reason: 'abuse' } })).body).toEqual({
      success: true,
    });
    expect((await host.use(rotated.body.key)).status).toBe(401);
    expect((await host.admin(`/${rotated.body.id}`)).body.revokedReason).toBe('abuse');
    expect((await host.admin(`/${id}`, { method: 'DELETE' })).body).toEqual({ success: true });
    expect((await host.admin(`/${id}`)).body.code).toBe('KEY_NOT_FOUND');
  });

  it.each([
    ['no owner', {}, 'OWNER_REQUIRED'],
    ['two owners', { userId: 'a', organizationId: 'b' }, 'CONFLICTING_OWNER'],
    ['an unknown user', { userId: 'nobody' }, 'OWNER_NOT_FOUND'],
    ['half a limit', { organizationId: 'o', rateLimitMax: 5 }, 'INCOMPLETE_RATE_LIMIT'],
    ['half a refill', { organizationId: 'o', refillAmount: 5 }, 'REFILL_INTERVAL_AND_AMOUNT_REQUIRED'],
    ['the other half', { organizationId: 'o', refillInterval: 5_000 }, 'REFILL_AMOUNT_AND_INTERVAL_REQUIRED'],
    ['a negative quota', { organizationId: 'o', remaining: -1 }, 'VALIDATION_ERROR'],
    ['a number PostgreSQL cannot hold', { organizationId: 'o', remaining: 2_147_483_648 }, 'VALIDATION_ERROR'],
    ['a window without end', { organizationId: 'o', rateLimitMax: 1, rateLimitTimeWindow: 9e15 }, 'VALIDATION_ERROR'],
  ])('400 for %s', async (_what, body, code) => {
    const answer = await host.admin('', { body });
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });

  it('400 for a disabled user, whose keys are dead', async () => {
    const { UsersService } = await import('../../src/index.js');
    const eve = await signUp(host.url);
    const { key } = await host.issue({ owner: eve });
    await host.use(key);
    await host.app.get(UsersService).disable(eve.id);
    expect((await host.use(key)).status).toBe(401);
    expect((await host.admin('', { body: { userId: eve.id } })).body.code).toBe('OWNER_NOT_FOUND');
  });
});
