import { createAuthClient as createClient17 } from 'better-auth/client';
import { oneTimeTokenClient } from 'better-auth/client/plugins';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { freshEmail, PASSWORD, type LooseClient } from '../support/better-auth-clients.js';

describe('F28: better-auth/client 1.7.25 with oneTimeTokenClient()', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp();
  });
  afterAll(() => host.close());

  const clientIn = (browser: Browser) =>
    createClient17({
      baseURL: host.url,
      plugins: [oneTimeTokenClient()],
      fetchOptions: { customFetchImpl: browser.fetch },
    }) as unknown as LooseClient;

  it('generate in one browser, verify in another, which is signed in then', async () => {
    const [first, second] = [new Browser(), new Browser()];
    const email = freshEmail();
    await clientIn(first)['signUp']!['email']!({ email, password: PASSWORD, name: 'Ada' });
    const made = await clientIn(first)['oneTimeToken']!['generate']!();
    expect(made).toEqual({ data: { token: expect.stringMatching(/^[A-Za-z0-9]{32}$/) }, error: null });
    const client = clientIn(second);
    const bought = await client['oneTimeToken']!['verify']!({ token: made.data.token });
    expect(bought).toMatchObject({ error: null, data: { user: { email }, session: { token: expect.any(String) } } });
    expect((await client['getSession']!()).data.user.email).toBe(email);
    const again = await client['oneTimeToken']!['verify']!({ token: made.data.token });
    expect(again.error).toMatchObject({ status: 400, message: 'Invalid token' });
  });
});
