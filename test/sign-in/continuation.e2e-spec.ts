import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { TestContinuation, TestContinuationModule } from '../support/continuation.js';
import { cookiesOf, send } from '../support/http.js';
import { get, post } from '../support/travel.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const DONE = { redirect: true, url: 'https://client.example/cb?code=1' };
const oauth_query = TestContinuation.GOOD;

describe.each(['express', 'fastify'] as const)('oauth_query at sign-in and sign-up on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter, imports: [TestContinuationModule] });
  });
  afterAll(() => host.close());
  beforeEach(() => {
    TestContinuation.calls = [];
  });
  const sessionsOf = (subject: string) => host.sql('SELECT id FROM auth_session WHERE subject = $1', [subject]);

  it('200 sign-in: the answer is where the browser goes on, with the cookie and without tokens', async () => {
    const { email, id } = await signUp(host.url);
    const browser = new Browser();
    const answer = await post(host, browser, 'sign-in/email', { email, password: TEST_PASSWORD, oauth_query });
    expect([answer.status, answer.body]).toEqual([200, DONE]);
    const { session, user } = (await get(host, browser, 'get-session')).body;
    expect(user.id).toBe(id);
    const started = { sessionId: session.id, subjectId: id, authenticatedAt: expect.any(Date), methods: ['pwd'] };
    expect(TestContinuation.calls).toEqual([null, expect.objectContaining(started)]);
    expect(await host.sql('SELECT id FROM auth_token_family WHERE session_id = $1', [session.id])).toEqual([]);
  });

  it('200 sign-up: the same', async () => {
    const browser = new Browser();
    const body = { name: 'Ada', email: `up-${adapter}@example.com`, password: TEST_PASSWORD, oauth_query };
    expect((await post(host, browser, 'sign-up/email', body)).body).toEqual(DONE);
    expect((await get(host, browser, 'get-session')).body.user.email).toBe(body.email);
  });

  it('400 INVALID_SIGNATURE: no session, no user, no cookie', async () => {
    const { email, id } = await signUp(host.url);
    const before = await sessionsOf(id);
    const bad = { email, password: TEST_PASSWORD, oauth_query: 'client_id=test&sig=bad' };
    const signedIn = await send(`${host.url}/api/auth/sign-in/email`, { body: bad });
    const body = { ...bad, name: 'Eve', email: `eve-${adapter}@example.com` };
    const signedUp = await send(`${host.url}/api/auth/sign-up/email`, { body });
    for (const answer of [signedIn, signedUp]) {
      expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_SIGNATURE']);
      expect(cookiesOf(answer)).toBe('');
    }
    expect(await sessionsOf(id)).toEqual(before);
    expect(await host.sql('SELECT id FROM auth_user WHERE email = $1', [body.email])).toEqual([]);
  });

  it('401 a wrong password takes nothing up; without the member the answer is the usual one', async () => {
    const { email } = await signUp(host.url);
    const wrong = { email, password: 'wrong password', oauth_query };
    expect((await send(`${host.url}/api/auth/sign-in/email`, { body: wrong })).status).toBe(401);
    expect(TestContinuation.calls).toEqual([null]);
    const plain = await send(`${host.url}/api/auth/sign-in/email`, { body: { email, password: TEST_PASSWORD } });
    expect(plain.body).toMatchObject({ redirect: false, user: { email } });
  });
});

describe('oauth_query without anything that continues', () => {
  it('200 is ignored', async () => {
    const host = await createTestApp();
    const { email } = await signUp(host.url);
    const body = { email, password: TEST_PASSWORD, oauth_query: 'sig=bad' };
    const answer = await send(`${host.url}/api/auth/sign-in/email`, { body });
    expect([answer.status, answer.body.redirect, answer.body.user.email]).toEqual([200, false, email]);
    await host.close();
  });
});
