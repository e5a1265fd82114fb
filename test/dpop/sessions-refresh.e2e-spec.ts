import { createTestApp, type TestApp } from '../support/app.js';
import { bindingsOf, BoundClient } from '../support/bound-sessions.js';
import { send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const REFRESH = '/api/auth/token/refresh';
const REFUSED = { status: 401, body: { code: 'INVALID_REFRESH_TOKEN' } };
const bearer = { refreshToken: { enabled: true }, dpop: 'accepted' as const };

describe.each(['express', 'fastify'] as const)('RFC 9449 5: refresh tokens of the own app on %s', (adapter) => {
  let hosts: TestApp[];
  beforeAll(async () => {
    const first = await createTestApp({ adapter, auth: { bearer }, poolSize: 20 });
    hosts = [first, await createTestApp({ adapter, auth: { bearer }, poolSize: 20, databaseUrl: first.databaseUrl })];
  });
  afterAll(async () => {
    for (const host of hosts.reverse()) await host.close();
  });
  const client = () => new BoundClient(() => hosts[0]!);

  it('T157, RFC 9449 5: without its key a refresh token is refused as a bad one, and not spent', async () => {
    const app = client();
    const { refreshToken } = await app.signUp();
    expect(await send(`${hosts[0]!.url}${REFRESH}`, { body: { refreshToken } })).toMatchObject(REFUSED);
    expect(await client().ask(REFRESH, { refreshToken })).toMatchObject(REFUSED);
    const forged = client();
    forged.proof = 'no.such.proof';
    expect(await forged.ask(REFRESH, { refreshToken })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_DPOP_PROOF' },
    });
    const next = await app.ask(REFRESH, { refreshToken });
    expect(next).toMatchObject({ status: 200, body: { tokenType: 'DPoP' } });
    expect((await send(`${hosts[0]!.url}/api/auth/list-sessions`, { bearer: next.body.accessToken })).status).toBe(401);
    expect((await app.ask('/api/auth/list-sessions', undefined, { token: next.body.accessToken })).status).toBe(200);
    // A lost answer: the same key gets it again, and nobody else.
    expect(await client().ask(REFRESH, { refreshToken })).toMatchObject(REFUSED);
    expect((await app.ask(REFRESH, { refreshToken })).body.refreshToken).toBe(next.body.refreshToken);
    expect((await app.ask(REFRESH, { refreshToken: next.body.refreshToken })).status).toBe(200);
  });

  it('RFC 9449 11.1: of 50 refreshes with one key, on two nodes, all get the same successors', async () => {
    const app = client();
    const { refreshToken } = await app.signUp();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        send(`${hosts[index % 2]!.url}${REFRESH}`, { body: { refreshToken }, headers: app.proven(REFRESH, 'POST') }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect((await app.ask(REFRESH, { refreshToken: answers[0]!.body.refreshToken })).status).toBe(200);
  });

  it('RFC 9449 11.1: of 50 refreshes and of 50 sign-ins with one proof, on two nodes, one is answered', async () => {
    const app = client();
    const { id, email, refreshToken } = await app.signUp();
    const once = async (route: string, body: object) => {
      const headers = app.proven(route, 'POST');
      const calls = Array.from({ length: 50 }, (_, index) =>
        send(`${hosts[index % 2]!.url}${route}`, { body, headers }),
      );
      return (await Promise.all(calls)).map(({ status, body: { code } }) =>
        status === 200 ? 200 : `${status} ${code}`,
      );
    };
    const REPLAYED = Array.from({ length: 49 }, () => '400 INVALID_DPOP_PROOF');
    expect((await once(REFRESH, { refreshToken })).sort()).toEqual([200, ...REPLAYED]);
    expect((await once('/api/auth/sign-in/email', { email, password: TEST_PASSWORD })).sort()).toEqual([
      200,
      ...REPLAYED,
    ]);
    expect(await bindingsOf(hosts[0]!, id)).toHaveLength(2);
  });

  it('RFC 9449 5: tokens of a sign-in without a proof stay bearer tokens', async () => {
    const { refreshToken } = await signUp(hosts[0]!.url);
    const next = await client().ask(REFRESH, { refreshToken });
    expect(next).toMatchObject({ status: 200, body: { tokenType: 'Bearer' } });
    expect((await send(`${hosts[0]!.url}/api/auth/list-sessions`, { bearer: next.body.accessToken })).status).toBe(200);
  });
});
