import { SigningKeys } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { ageKeys, readKeys, statesOf } from '../support/keys.js';

const admin = { guard: { canActivate: () => true } };
const AFTER_LEAD_SECONDS = 361;

describe('T053 two processes and one key set', () => {
  let database: TestDatabase;
  let hosts: TestApp[];

  beforeAll(async () => {
    database = await createTestDatabase();
    // Migrated first: TypeORM's migrations are no part of this race. A pool of one shows that no transaction asks for a second connection.
    await (await createTestApp({ databaseUrl: database.url })).close();
    const auth = { jwt: { jwksMaxAge: '5m' as const }, administration: admin };
    hosts = await Promise.all([1, 2].map(() => createTestApp({ databaseUrl: database.url, auth, poolSize: 1 })));
  });
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await database.drop();
  });

  const rows = () => hosts[0]!.sql<{ kid: string }>('SELECT kid FROM auth_signing_key');

  it('T053 both boot on an empty table: one makes the key, the other adopts it', async () => {
    expect(await rows()).toHaveLength(1);
    const [one, other] = await Promise.all(hosts.map((host) => send(`${host.url}/api/auth/jwks`)));
    expect(one!.body).toEqual(other!.body);
  });

  it('T053 forty rotations at once, by route and by service: exactly one new key, and every caller is told of it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const host = hosts[index % 2]!;
        if (index % 4 < 2) return host.app.get(SigningKeys).rotate();
        const answer = await send(`${host.url}/api/auth/admin/keys/rotate`, { body: {} });
        expect(answer.status).toBe(200);
        return answer.body.keys;
      }),
    );
    expect(await rows()).toHaveLength(2);
    const kids = new Set(answers.map((keys) => keys.find((key: { state: string }) => key.state === 'next')?.kid));
    expect([...kids]).toEqual([expect.any(String)]);
  });

  it('T053 ten rounds, each ends with exactly one current key that both name', async () => {
    for (let round = 0; round < 10; round++) {
      await ageKeys(hosts[0]!, AFTER_LEAD_SECONDS);
      await Promise.all(hosts.map((host) => readKeys(host)));
      await Promise.all(hosts.flatMap((host) => [1, 2, 3].map(() => host.app.get(SigningKeys).rotate())));
      const lists = await Promise.all(hosts.map((host) => readKeys(host)));
      for (const list of lists) {
        expect(statesOf(list).filter((state) => state === 'current')).toHaveLength(1);
        expect(statesOf(list).filter((state) => state === 'next')).toHaveLength(1);
      }
      expect(lists[0]).toEqual(lists[1]);
      // The first round only activates what the test before has made.
      expect(await rows()).toHaveLength(3 + round);
    }
  });

  it('T053 a withdrawal on both at once leaves one successor', async () => {
    const before = (await rows()).length;
    await ageKeys(hosts[0]!, AFTER_LEAD_SECONDS);
    const current = (await readKeys(hosts[0]!)).find((key) => key.state === 'current')!;
    const outcomes = await Promise.all(hosts.map((host) => host.app.get(SigningKeys).revoke(current.kid)));
    expect(outcomes.toSorted()).toEqual([false, true]);
    expect(await rows()).toHaveLength(before + 1);
    for (const host of hosts) {
      const keys = await readKeys(host);
      expect(keys.map((key) => key.kid)).not.toContain(current.kid);
      expect(statesOf(keys).filter((state) => state === 'current')).toHaveLength(1);
    }
  });
});
