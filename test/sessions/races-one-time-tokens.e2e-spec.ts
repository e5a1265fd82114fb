import { createTestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

describe('races of one-time tokens, on two applications', () => {
  it('F28: of 20 that present one token one gets a session', async () => {
    const first = await createTestApp();
    const second = await createTestApp({ databaseUrl: first.databaseUrl });
    const user = await signUp(first.url);
    for (let round = 0; round < 3; round++) {
      const { token } = (await send(`${first.url}/api/auth/one-time-token/generate`, { bearer: user.token })).body;
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send(`${(index % 2 ? first : second).url}/api/auth/one-time-token/verify`, { body: { token } }),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 400)]);
      expect(await first.sql('SELECT id FROM auth_session')).toHaveLength(round + 2);
    }
    await second.close();
    await first.close();
  });
});
