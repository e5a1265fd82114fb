import { AuthEvents, type AnyAuthEvent } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { liveFamilies } from '../support/authorization.js';
import { send, type Answer } from '../support/http.js';
import { exchange, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';
import { connectSql, waitForBlocked, waitForListeners, type SqlClient } from '../support/sql-client.js';

const PARALLEL = 100;
const PAUSE = 646_464;
const SCOPE = 'openid offline_access read:data';

describe("races of clients' refresh tokens, on two applications", () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  let browser: Navigator;
  let userId: string;
  let token: string;
  const events: AnyAuthEvent[] = [];

  beforeAll(async () => {
    const auth = providerOptions({ accessTokenFormat: 'jwt' });
    const first = await createTestApp({ auth, poolSize: 15 });
    hosts = [first, await createTestApp({ auth, poolSize: 15, databaseUrl: first.databaseUrl })];
    for (const host of hosts) host.app.get(AuthEvents).onAny((event) => void events.push(event));
    sql = await connectSql(first.databaseUrl);
    await waitForListeners(sql, 2);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });
  beforeEach(async () => {
    browser = new Navigator(hosts[0]!);
    userId = await browser.signUp();
    token = (await exchange(hosts[0]!, WEB, await obtainCode(browser, WEB, { scope: SCOPE }))).body.refresh_token;
    events.splice(0);
  });

  const refresh = (host: TestApp, refreshToken: string, scope?: string): Promise<Answer> =>
    tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: refreshToken, scope });
  const spread = <T>(count: number, call: (host: TestApp, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => call(hosts[index % 2]!, index)));
  const liveLeaves = async () =>
    (
      await sql.run<{ n: number }>(
        `SELECT count(*)::int AS n FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
         WHERE f.subject = $1 AND f.client_id = 'web' AND t.kind = 'refresh' AND t.consumed_at IS NULL AND f.revoked_at IS NULL`,
        [userId],
      )
    )[0]!.n;
  const successors = (answers: Answer[]) =>
    new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.refresh_token));

  it(`T038 ${PARALLEL} parallel refreshes of one token: one successor for all, one family alive`, async () => {
    const answers = await spread(PARALLEL, (host) => refresh(host, token));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect([successors(answers).size, new Set(answers.map(({ body }) => body.access_token)).size]).toEqual([1, 1]);
    expect([await liveLeaves(), await liveFamilies(hosts[0]!, userId)]).toEqual([1, 1]);
    expect(events.filter(({ name }) => name === 'tokens.refreshed')).toHaveLength(1);
    expect(events.filter(({ name }) => name === 'tokens.reuse-detected')).toEqual([]);
    expect((await refresh(hosts[1]!, answers[0]!.body.refresh_token)).status).toBe(200);
  });

  it('T038 requests for different scopes with one token: never two successors', async () => {
    const answers = await spread(40, (host, index) => refresh(host, token, index % 2 === 0 ? 'openid' : 'read:data'));
    expect(successors(answers).size).toBe(1);
    for (const { status, body } of answers)
      expect(['200', '400 invalid_scope']).toContain(status === 200 ? '200' : `${status} ${body.error}`);
    expect([await liveLeaves(), await liveFamilies(hosts[0]!, userId)]).toEqual([1, 1]);
  });

  it('T037 many parallel replays of an old token: one revocation, no 5xx, nothing alive', async () => {
    const { body } = await refresh(hosts[0]!, token);
    await sql.run(`UPDATE auth_token SET consumed_at = now() - interval '11 seconds' WHERE consumed_at IS NOT NULL`);
    const answers = await spread(30, (host) => refresh(host, token));
    expect(new Set(answers.map((one) => `${one.status} ${one.body.error}`))).toEqual(new Set(['400 invalid_grant']));
    expect(events.filter(({ name }) => name === 'tokens.reuse-detected')).toHaveLength(1);
    expect((await refresh(hosts[1]!, body.refresh_token)).status).toBe(400);
    expect(await liveFamilies(hosts[0]!, userId)).toBe(0);
  });

  describe('the winner is paused before it inserts the successor', () => {
    beforeAll(() =>
      sql.run(`
        CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.parent_id IS NOT NULL AND NEW.kind = 'refresh' THEN PERFORM pg_advisory_xact_lock_shared(${PAUSE}); END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER test_pause BEFORE INSERT ON auth_token FOR EACH ROW EXECUTE FUNCTION test_pause();`),
    );
    afterEach(() => sql.run('DROP TRIGGER IF EXISTS test_age ON auth_token; DROP FUNCTION IF EXISTS test_age'));

    async function pausedWinner(meanwhile: () => Promise<unknown>): Promise<Answer> {
      await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
      const winner = refresh(hosts[0]!, token);
      try {
        await waitForBlocked(sql, 1);
        await meanwhile();
      } finally {
        await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
      }
      return winner;
    }

    it('T037 and the parent is replayed later: nothing stays alive', async () => {
      // What the winner consumes looks older than the window as soon as it is visible.
      await sql.run(`
        CREATE FUNCTION test_age() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL THEN NEW.consumed_at := now() - interval '20 seconds'; END IF;
          RETURN NEW;
        END $$;
        CREATE TRIGGER test_age BEFORE UPDATE ON auth_token FOR EACH ROW EXECUTE FUNCTION test_age();`);
      let replay: Promise<Answer>;
      const winner = await pausedWinner(async () => {
        replay = refresh(hosts[1]!, token);
        await waitForBlocked(sql, 2);
      });
      expect([winner.status, (await replay!).status]).toEqual([200, 400]);
      expect([await liveLeaves(), await liveFamilies(hosts[0]!, userId)]).toEqual([0, 0]);
      expect((await refresh(hosts[1]!, winner.body.refresh_token)).body.error).toBe('invalid_grant');
    });

    it('T038 and a repeat waits for it: both get the same successor', async () => {
      let repeat: Promise<Answer>;
      const winner = await pausedWinner(async () => {
        repeat = refresh(hosts[1]!, token);
        await waitForBlocked(sql, 2);
      });
      expect((await repeat!).body.refresh_token).toBe(winner.body.refresh_token);
      expect(await liveLeaves()).toBe(1);
    });

    it('T084 and consent is withdrawn meanwhile: nothing stays alive', async () => {
      let withdrawn: Promise<Answer>;
      await pausedWinner(async () => {
        const headers = { cookie: browser.cookie, origin: TEST_ISSUER };
        withdrawn = send(`${hosts[1]!.url}/api/auth/oauth2/applications/web`, { method: 'DELETE', headers });
        await waitForBlocked(sql, 2);
      });
      expect((await withdrawn!).status).toBe(200);
      expect(await liveFamilies(hosts[0]!, userId)).toBe(0);
    });
  });
});
