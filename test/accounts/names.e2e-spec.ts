import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { Navigator } from '../support/oauth.js';
import { signUp } from '../support/users.js';

const UNSEEN = ['A\u200bda', 'Ada\u202e', '\u3164', 'A\u{e0041}da', '\u2800'];
let count = 0;
const SEEN = ['Ada', '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645', 'Ada \u{1f469}\u200d\u{1f4bb}'];

describe('names that people are shown', () => {
  let host: KeyApp;
  beforeAll(async () => {
    host = await createKeyApp();
  });
  afterAll(() => host.close());

  it.each(UNSEEN)('F11: no user is called %j, at sign-up, on the page and later', async (name) => {
    const email = `a${++count}@example.com`;
    const body = { name, email, password: 'correct horse battery' };
    expect((await send(`${host.url}/api/auth/sign-up/email`, { body })).status).toBe(400);
    const page = await new Navigator(host).post('/api/auth/sign-up', { ...body });
    expect(page.status).toBe(400);
    const user = await signUp(host.url);
    const update = await send(`${host.url}/api/auth/update-user`, { body: { name }, bearer: user.token });
    expect(update.status).toBe(400);
    expect(await host.sql('SELECT 1 FROM auth_user WHERE name = $1', [name])).toEqual([]);
  });

  it.each(SEEN)('F11: a user may be called %j', async (name) => {
    const user = await signUp(host.url);
    const update = await send(`${host.url}/api/auth/update-user`, { body: { name }, bearer: user.token });
    expect(update.status).toBe(200);
    expect(await host.sql('SELECT name FROM auth_user WHERE id = $1', [user.id])).toEqual([{ name }]);
  });

  it.each(UNSEEN)('F11: nor is a key called %j', async (name) => {
    const made = await host.call(await signUp(host.url), 'create', { name });
    expect([made.status, made.body.code]).toEqual([400, 'INVALID_NAME']);
    expect(await host.sql('SELECT 1 FROM auth_api_key WHERE name = $1', [name])).toEqual([]);
  });

  it('F11: names of keys have one form (NFKC)', async () => {
    const made = await host.call(await signUp(host.url), 'create', { name: ' \uff23\uff29 ' });
    expect([made.status, made.body.name]).toEqual([200, 'CI']);
  });
});
