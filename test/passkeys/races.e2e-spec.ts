import { createTestApp, type TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { cookiesOf, send } from '../support/http.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { codeOf } from '../support/two-factor.js';
import { TEST_PASSWORD } from '../support/users.js';

const HEADERS = { origin: 'http://localhost:3000' };
const AUTH = { passkeys: { userVerification: 'preferred' }, twoFactor: true } as const;

describe('T133 one of fifty answers to a challenge counts, on two nodes', () => {
  let nodes: [TestApp, TestApp];
  let person: PasskeyPerson;
  beforeAll(async () => {
    const first = await createTestApp({ auth: AUTH });
    nodes = [first, await createTestApp({ auth: AUTH, databaseUrl: first.databaseUrl })];
    person = await new PasskeyPerson(first.url).signUp();
  });
  afterAll(async () => {
    await nodes?.[1].close();
    await nodes?.[0].close();
  });

  const storm = async (path: string, response: object) => {
    const cookie = person.browser.cookieHeader();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        send(`${nodes[index % 2]!.url}/api/auth/passkey/${path}`, {
          body: { response },
          headers: { ...HEADERS, cookie },
        }),
      ),
    );
    return answers.map(({ status, body }) => (status === 200 ? 200 : `${status} ${body.code}`)).toSorted();
  };
  const ONE = [200, ...Array.from({ length: 49 }, () => '400 CHALLENGE_NOT_FOUND')];

  it('of a registration', async () => {
    const authenticator = new Authenticator();
    expect(await storm('verify-registration', authenticator.create(await person.creationOptions()))).toEqual(ONE);
  });

  it('of a sign-in', async () => {
    const authenticator = await person.withPasskey();
    person.forgetCookies();
    const response = authenticator.get(await person.requestOptions(), { counter: 1 });
    const [before] = await count();
    expect(await storm('verify-authentication', response)).toEqual(ONE);
    const [after] = await count();
    expect(after!.sessions - before!.sessions).toBe(1);
  });

  it('of a sign-in that waits for its second factor, each by a challenge of its own', async () => {
    await person.signIn();
    const { totpURI } = (await person.call('two-factor/enable', { password: TEST_PASSWORD })).body;
    const code = codeOf(new URL(totpURI).searchParams.get('secret')!);
    expect((await person.call('two-factor/verify-totp', { code })).status).toBe(200);
    const authenticator = await person.withPasskey();
    person.forgetCookies();
    await person.signIn();
    const waiting = person.browser.cookieHeader();
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const path = `${nodes[index % 2]!.url}/api/auth/passkey`;
        const begun = await send(`${path}/generate-authenticate-options`, { headers: { ...HEADERS, cookie: waiting } });
        return {
          path,
          cookie: `${waiting}; ${cookiesOf(begun)}`,
          response: authenticator.get(begun.body, { userVerified: false }),
        };
      }),
    );
    const [before] = await count();
    const done = await Promise.all(
      answers.map(({ path, cookie, response }) =>
        send(`${path}/verify-authentication`, { body: { response }, headers: { ...HEADERS, cookie } }),
      ),
    );
    expect(done.filter(({ status, body }) => status === 200 && body.session !== undefined)).toHaveLength(1);
    // Whoever came second waits once more, or hears that it is over.
    for (const { status, body } of done)
      expect(['session', 'twoFactorRedirect', 'INVALID_TWO_FACTOR_COOKIE']).toContain(
        status === 200 ? Object.keys(body).find((name) => /^(session|twoFactorRedirect)$/.test(name)) : body.code,
      );
    const [after] = await count();
    expect(after!.sessions - before!.sessions).toBe(1);
  });

  const count = () =>
    nodes[0].sql<{ sessions: number }>('SELECT count(*)::int AS sessions FROM auth_session WHERE subject = $1', [
      person.userId,
    ]);
});
