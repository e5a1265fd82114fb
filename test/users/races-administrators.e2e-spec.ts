import { UsersService } from '../../src/index.js';
import { admin, createHostWithAdministrators, signedInWith } from '../support/administrators.js';
import type { TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { TEST_PASSWORD, type SignedInUser } from '../support/users.js';

describe('the last administrator stays', () => {
  let host: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    host = await createHostWithAdministrators();
    other = await createHostWithAdministrators({}, { databaseUrl: host.databaseUrl });
  });
  afterAll(async () => {
    await other?.close();
    await host?.close();
  });
  beforeEach(() => host.sql(`UPDATE auth_user SET roles = '{}'`));

  const left = async () => {
    const rows = await host.sql(
      `SELECT u.id FROM auth_user u JOIN auth_subject s ON s.subject = u.id WHERE 'admin' = ANY(roles) AND s.disabled_at IS NULL`,
    );
    return rows.length;
  };

  it.each([
    ['set-role', { role: 'user' }],
    ['ban-user', {}],
    ['remove-user', {}],
  ])('of two who %s each other on two nodes one succeeds', async (route, body) => {
    for (let round = 0; round < 3; round++) {
      await host.sql(`UPDATE auth_user SET roles = '{}'`);
      const [one, two] = [await signedInWith(host, 'admin'), await signedInWith(host, 'admin')];
      const answers = await Promise.all([
        admin(host, route, one.token, { userId: two.id, ...body }),
        admin(other, route, two.token, { userId: one.id, ...body }),
      ]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      // The other comes too late: refused as the last one, or their session has ended meanwhile.
      expect([400, 401]).toContain(answers.map(({ status }) => status).find((status) => status !== 200));
      expect(await left()).toBe(1);
    }
  });

  it('T132 nor do they give up the role, or delete their account', async () => {
    const only: SignedInUser = await signedInWith(host, 'admin');
    const body = { userId: only.id, role: 'editor' };
    expect(await admin(host, 'set-role', only.token, body)).toMatchObject({
      status: 400,
      body: { code: 'LAST_ADMINISTRATOR' },
    });
    const remove = () =>
      send(`${host.url}/api/auth/delete-user`, { bearer: only.token, body: { password: TEST_PASSWORD } });
    expect(await remove()).toMatchObject({ status: 400, body: { code: 'LAST_ADMINISTRATOR' } });
    const second = await signedInWith(host, 'admin');
    await host.app.get(UsersService).disable(second.id);
    expect((await remove()).body.code).toBe('LAST_ADMINISTRATOR');
    await host.app.get(UsersService).enable(second.id);
    expect((await remove()).status).toBe(200);
  });

  it('whoever is none deletes their account, also where there is none', async () => {
    const user = await signedInWith(host, 'editor');
    expect((await send(`${host.url}/api/auth/delete-user`, { bearer: user.token, body: {} })).status).toBe(200);
  });
});
