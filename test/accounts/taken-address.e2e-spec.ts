import { AuthEvents, type AuthOptions } from '../../src/index.js';
import { createTestApp, type Adapter, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { TEST_PASSWORD } from '../support/users.js';
import { until } from '../support/until.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MODES: [string, Adapter, AuthOptions['accounts']][] = [
  ['requireEmailVerification', 'express', { requireEmailVerification: true }],
  ['autoSignIn: false', 'fastify', { signUp: { autoSignIn: false } }],
  ['both', 'express', { requireEmailVerification: true, signUp: { autoSignIn: false } }],
];

describe.each(MODES)('F41: sign-up with an address that somebody has, with %s', (_name, adapter, accounts) => {
  let host: TestApp;
  const told: unknown[] = [];
  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: { accounts, rateLimits: true } });
    host.app.get(AuthEvents).on('sign-up.taken', (event) => void told.push(event));
  });
  beforeEach(() => void told.splice(0));
  afterAll(() => host.close());

  const signUp = (email: string, change: object = {}): Promise<Answer> =>
    send(`${host.url}/api/auth/sign-up/email`, { body: { email, password: TEST_PASSWORD, name: 'Ada', ...change } });
  /** What differs between two users anyway. */
  const shapeOf = (answer: Answer) => ({
    status: answer.status,
    headers: [...answer.headers].filter(([name]) => !['date', 'etag'].includes(name)),
    text: answer.text
      .replace(answer.body.user.id, 'id')
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'date')
      .replaceAll(/[a-z]+@example\.com/g, 'address'),
  });

  it.each([{}, { image: 'https://example.com/a.png' }, { rememberMe: false }, { callbackURL: '/home' }])(
    'F41: the same answer, byte for byte, with %j; the owner hears of it and nothing changes',
    async (change) => {
      const email = `owner${Object.keys(change).join('').toLowerCase()}@example.com`;
      const first = await signUp(email, change);
      const rows = await host.sql('SELECT * FROM auth_user WHERE email = $1', [email]);
      const again = await signUp(email.toUpperCase(), change);
      expect(shapeOf(again)).toEqual(shapeOf(first));
      expect([first.status, first.body.token]).toEqual([200, null]);
      expect([first.body.user.id, again.body.user.id]).toEqual([
        expect.stringMatching(UUID),
        expect.stringMatching(UUID),
      ]);
      expect(again.body.user.id).not.toBe(first.body.user.id);
      expect(Math.abs(Date.parse(again.body.user.createdAt) - Date.now())).toBeLessThan(60_000);
      await until('the owner hears of it', () => told.length === 1);
      expect(told).toEqual([{ subjectId: first.body.user.id, ipAddress: '127.0.0.1' }]);
      expect(await host.sql('SELECT * FROM auth_user WHERE email = $1', [email])).toEqual(rows);
    },
  );

  it('F41: the page says the same as well', async () => {
    const form = () =>
      send(`${host.url}/api/auth/sign-up`, {
        body: new URLSearchParams({ email: 'page@example.com', password: TEST_PASSWORD, name: 'Ada' }),
        headers: { accept: 'text/html', origin: 'http://localhost:3000' },
      });
    const [first, again] = [await form(), await form()];
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect([first.status, first.text]).toEqual([200, expect.stringContaining('signed-up')]);
    await until('the owner hears of it', () => told.length === 1);
  });

  it('F41: what is refused is refused alike', async () => {
    await signUp('known@example.com');
    for (const change of [
      { password: 'short' },
      { password: 'x'.repeat(500) },
      { name: '\u200b' },
      { image: 'ftp://x' },
    ]) {
      const answers = [await signUp('known@example.com', change), await signUp('unknown@example.com', change)];
      expect([answers[0]!.status, answers[0]!.text]).toEqual([answers[1]!.status, answers[1]!.text]);
      expect(answers[0]!.status).toBe(400);
    }
    expect(told).toEqual([]);
  });

  it('F41: the owner is told three times an hour at most, and the stranger sees no difference', async () => {
    for (let count = 0; count < 6; count++) expect((await signUp('often@example.com')).status).toBe(200);
    await until('three notices', () => told.length === 3);
    expect((await signUp('often@example.com')).status).toBe(200);
    expect(told).toHaveLength(3);
  });
});

it('F41: where sign-up signs in, 422 stays: the session itself would tell', async () => {
  const host = await createTestApp();
  const body = { email: 'taken@example.com', password: TEST_PASSWORD, name: 'Ada' };
  const answers = [];
  for (let count = 0; count < 2; count++) answers.push(await send(`${host.url}/api/auth/sign-up/email`, { body }));
  await host.close();
  expect(answers.map(({ status }) => status)).toEqual([200, 422]);
  expect(answers[1]!.body.code).toBe('USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL');
});
