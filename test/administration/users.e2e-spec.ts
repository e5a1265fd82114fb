import { AREA, createAdministeredHost, follow, signedIn, type AdministeredHost } from '../support/administration.js';
import { send } from '../support/http.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

describe('administration pages of users', () => {
  let host: AdministeredHost;
  beforeAll(async () => {
    host = await createAdministeredHost();
  });
  afterAll(() => host.close());

  const open = (path: string) => visit(host, host.browser, AREA + path);
  const post = (path: string, fields: Record<string, string>) => sendForm(host, host.browser, AREA + path, fields);
  const find = (who: string) => open(`?${new URLSearchParams({ who })}`);
  const isAlive = async (user: SignedInUser) =>
    (await send(`${host.url}/api/auth/get-session`, { headers: { cookie: user.cookie } })).body !== null;

  it('200 finds a user by e-mail address, in any case, and by id', async () => {
    const user = await signUp(host.url, { name: 'Ada Lovelace' });
    for (const who of [user.email, user.email.toUpperCase(), ` ${user.id} `]) {
      const page = await find(who);
      expectPage(page);
      expect(textOf(page, 'user')).toContain('Ada Lovelace');
      expect(page.text).toContain(user.id);
      expect(page.text).toContain(`value="${user.sessionId}"`);
    }
  });

  it('404 beside the field for nobody, without an error for any text', async () => {
    for (const who of ['nobody@example.com', 'nobody', '%', "' OR 1=1", '00000000-0000-0000-0000-000000000000']) {
      const page = await find(who);
      expectPage(page, 404);
      expect([textOf(page, 'who-fault'), textOf(page, 'user')]).toEqual([expect.stringMatching(/no user/), null]);
    }
  });

  it('T067 a hostile name is escaped', async () => {
    const user = await signUp(host.url, { name: `</h2><script>alert(1)</script>"'` });
    const page = await find(user.id);
    expectPage(page);
    expect(page.text).toContain('<bdi>&lt;/h2&gt;&lt;script&gt;');
  });

  it('303 ends one session of the user, twice without an error, and leaves the others', async () => {
    const user = await signUp(host.url);
    const other = await signIn(host.url, user.email);
    for (let round = 0; round < 2; round++) {
      const sent = await post('/users/end-session', { user: user.id, session: user.sessionId });
      const page = await follow(host, host.browser, sent);
      expect(textOf(page, 'done')).toBe('The user has been signed out there.');
      expect(page.text).not.toContain(user.sessionId);
    }
    expect([await isAlive(user), await isAlive(other)]).toEqual([false, true]);
  });

  it('303 a session of somebody else is not ended under the name of this user', async () => {
    const [user, other] = [await signUp(host.url), await signUp(host.url)];
    await post('/users/end-session', { user: user.id, session: other.sessionId });
    expect(await isAlive(other)).toBe(true);
  });

  it('303 asks first, then ends all sessions of the user, twice without an error', async () => {
    const user = await signUp(host.url);
    const asked = await open(`/users/end-all?user=${user.id}`);
    expectPage(asked);
    expect(asked.text).toContain(user.email);
    expect(await isAlive(user)).toBe(true);
    for (let round = 0; round < 2; round++) {
      const page = await follow(host, host.browser, await post('/users/end-all', { user: user.id }));
      expect(textOf(page, 'none')).toBe('This user is not signed in anywhere.');
    }
    expect(await isAlive(user)).toBe(false);
  });

  it('303 administrators may end their own sessions, and then sign in again', async () => {
    const browser = await signedIn(host, host.administrator.email);
    const sent = await sendForm(host, browser, `${AREA}/users/end-all`, { user: host.administrator.id });
    expect(sent.status).toBe(303);
    const page = await visit(host, browser, sent.location!);
    expect([page.status, page.location]).toEqual([303, expect.stringContaining('/api/auth/sign-in?continue=')]);
  });
});
