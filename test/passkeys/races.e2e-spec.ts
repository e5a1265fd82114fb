import { createTestApp, type TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { send } from '../support/http.js';
import { PasskeyPerson } from '../support/passkeys.js';

const HEADERS = { origin: 'http://localhost:3000' };

describe('T133 one of fifty answers to a challenge counts, on two nodes', () => {
  let nodes: [TestApp, TestApp];
  let person: PasskeyPerson;
  beforeAll(async () => {
    const first = await createTestApp({ auth: { passkeys: true } });
    nodes = [first, await createTestApp({ auth: { passkeys: true }, databaseUrl: first.databaseUrl })];
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

  const count = () =>
    nodes[0].sql<{ sessions: number }>('SELECT count(*)::int AS sessions FROM auth_session WHERE subject = $1', [
      person.userId,
    ]);
});
