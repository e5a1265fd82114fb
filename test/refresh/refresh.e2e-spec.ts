import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('POST /token/refresh on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter });
  });
  afterAll(() => host.close());

  const refresh = (refreshToken: string) => send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken } });

  it('200 rotates: the new pair works, and its access token opens get-session', async () => {
    const user = await signUp(host.url);
    const answer = await refresh(user.refreshToken);
    expect(answer.status).toBe(200);
    expect(answer.body.refreshToken).not.toBe(user.refreshToken);
    const session = await send(`${host.url}/api/auth/get-session`, { bearer: answer.body.accessToken });
    expect(session.body.user.id).toBe(user.id);
  });
});
