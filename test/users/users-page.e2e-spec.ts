import { UsersService } from '../../src/index.js';
import { AREA, createAdministeredHost, submit, type AdministeredHost } from '../support/administration.js';
import { visit } from '../support/pages.js';
import { guarded } from '../support/tokens.js';
import { signUp } from '../support/users.js';

describe('users in the administration', () => {
  let host: AdministeredHost;
  beforeAll(async () => {
    host = await createAdministeredHost();
  });
  afterAll(() => host?.close());

  const show = (who: string, after = '') =>
    visit(host, host.browser, `${AREA}?${new URLSearchParams({ who, ...(after && { after }) })}`);

  it('lists users, and finds them by how address or name begins, page by page', async () => {
    const users = host.app.get(UsersService);
    for (let index = 10; index < 65; index++)
      await users.create({ email: `listed-${index}@example.com`, name: `Zoe ${index}` });
    const all = await visit(host, host.browser, AREA);
    expect([all.status, all.text.includes('id="users"')]).toEqual([200, true]);
    for (const beginning of ['listed-', 'zoe ']) {
      const first = await show(beginning);
      expect([first.text.includes('listed-10@'), first.text.includes('listed-60@')]).toEqual([true, false]);
      const next = /id="older" rel="next" href="([^"]+)"/.exec(first.text)![1]!.replaceAll('&amp;', '&');
      const second = await visit(host, host.browser, next);
      expect([
        second.text.includes('listed-10@'),
        second.text.includes('listed-60@'),
        second.text.includes('id="older"'),
      ]).toEqual([false, true, false]);
    }
    expect((await show('nobody')).status).toBe(404);
  });

  it('shows roles and whether the address is verified', async () => {
    const { email } = (await host.app
      .get(UsersService)
      .create({ email: 'shown@example.com', roles: ['editor', '<b>'], emailVerified: true }))!;
    const page = await show(email);
    expect(page.text).toMatch(/id="roles"><bdi>editor, &lt;b&gt;<\/bdi>/);
    expect(page.text).toContain('Verified');
  });

  it('bans with a reason and an end, and lifts the ban', async () => {
    const user = await signUp(host.url);
    const fields = { user: user.id, reason: 'sends <spam>', days: '7' };
    const banned = await submit(host, `${AREA}/users/ban`, fields);
    expect(banned.status).toBe(303);
    expect(await guarded(host, user.token)).toBe(401);
    const page = await show(user.email);
    expect(page.text).toContain('<bdi>sends &lt;spam&gt;</bdi>');
    expect(page.text).toContain('id="unban"');
    expect(await host.app.get(UsersService).disabled(user.id)).toMatchObject({
      reason: 'sends <spam>',
      until: expect.any(Date),
    });
    expect((await submit(host, `${AREA}/users/unban`, { user: user.id })).status).toBe(303);
    expect(await host.app.get(UsersService).disabled(user.id)).toBeNull();
  });

  it('needs a fresh session to ban, and bans nobody for themselves', async () => {
    const { administrator } = host;
    const own = await submit(host, `${AREA}/users/ban`, { user: administrator.id });
    expect([own.status, await host.app.get(UsersService).disabled(administrator.id)]).toEqual([400, null]);
    const user = await signUp(host.url);
    await host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '2 days' WHERE subject = $1`, [
      administrator.id,
    ]);
    const stale = await submit(host, `${AREA}/users/ban`, { user: user.id });
    expect([stale.status, await guarded(host, user.token)]).toEqual([403, 200]);
  });
});
