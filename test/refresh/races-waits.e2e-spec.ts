import { AuthEvents, type AnyAuthEvent } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/http.js';
import { connectSql, waitForBlocked, type SqlClient } from '../support/sql-client.js';
import { liveLeaves, refresh } from '../support/tokens.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** A refresh reads its token before it locks anything: here it has read, and waits. */
describe('refreshes that have read their token and wait for another transaction', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  const events: AnyAuthEvent[] = [];

  beforeAll(async () => {
    const first = await createTestApp();
    hosts = [first, await createTestApp({ databaseUrl: first.databaseUrl })];
    for (const host of hosts) host.app.get(AuthEvents).onAny((event) => void events.push(event));
    sql = await connectSql(first.databaseUrl);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });
  beforeEach(() => void events.splice(0));

  const [here, there] = [() => hosts[0]!, () => hosts[1]!];

  async function holdFamily(user: SignedInUser, inside: () => Promise<void>): Promise<void> {
    await sql.run('BEGIN');
    await sql.run('SELECT id FROM auth_token_family WHERE subject = $1 FOR UPDATE', [user.id]);
    await inside();
    await sql.run('COMMIT');
  }

  it('T038 two that have both read the token before it is spent: one successor for both', async () => {
    const user = await signUp(here().url);
    let waiting: Promise<Answer>[] = [];
    await holdFamily(user, async () => {
      waiting = hosts.map((host) => refresh(host, user.refreshToken));
      await waitForBlocked(sql, 2);
    });
    const answers = await Promise.all(waiting);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    expect(await liveLeaves(here(), user.id)).toBe(1);
    expect(events.map(({ name }) => name).filter((name) => /refreshed|reuse/.test(name))).toEqual(['tokens.refreshed']);
  });

  it('T036 a refresh that has read the token and waits for a revocation spends nothing and gives nothing', async () => {
    const user = await signUp(here().url);
    await sql.run('BEGIN');
    await sql.run('UPDATE auth_token_family SET revoked_at = now() WHERE subject = $1', [user.id]);
    const waiting = refresh(here(), user.refreshToken);
    await waitForBlocked(sql, 1);
    await sql.run('COMMIT');
    expect((await waiting).status).toBe(401);
    const tokens = await sql.run('SELECT consumed_at FROM auth_token WHERE hash = sha256($1::bytea)', [
      Buffer.from(user.refreshToken),
    ]);
    expect(tokens).toEqual([{ consumed_at: null }]);
  });

  it('T037 an old token comes back while its grandchild is rotated, in either order: nothing stays alive', async () => {
    for (const replayFirst of [true, false]) {
      const user = await signUp(here().url);
      const { body } = await refresh(here(), user.refreshToken);
      await sql.run(`UPDATE auth_token SET consumed_at = now() - interval '11 seconds' WHERE consumed_at IS NOT NULL`);
      const calls = [user.refreshToken, body.refreshToken as string].map((token) => () => refresh(there(), token));
      const waiting: Promise<Answer>[] = [];
      await holdFamily(user, async () => {
        for (const call of replayFirst ? calls : calls.toReversed()) {
          waiting.push(call());
          await waitForBlocked(sql, waiting.length);
        }
      });
      const statuses = (await Promise.all(waiting)).map(({ status }) => status);
      expect(statuses).toEqual(replayFirst ? [401, 401] : [200, 401]);
      expect(await liveLeaves(here(), user.id)).toBe(0);
    }
  });
});
