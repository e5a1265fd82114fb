import { AuthEvents, UsersService, type AnyAuthEvent } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { Answer } from '../support/http.js';
import { connectSql, waitForBlocked, waitForListeners, type SqlClient } from '../support/sql-client.js';
import { aliveThings, guarded, liveLeaves, post, refresh } from '../support/tokens.js';
import { until } from '../support/until.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

const PARALLEL = 50;
const ROUNDS = 8;
const DISTINCT = (answers: Answer[], key: string) => new Set(answers.map((answer) => answer.body[key])).size;

describe('races of refresh, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  const events: AnyAuthEvent[] = [];

  beforeAll(async () => {
    const auth = { cacheTtl: '60s' } as const;
    const first = await createTestApp({ auth, poolSize: 20 });
    hosts = [first, await createTestApp({ auth, poolSize: 20, databaseUrl: first.databaseUrl })];
    for (const host of hosts) host.app.get(AuthEvents).onAny((event) => void events.push(event));
    sql = await connectSql(first.databaseUrl);
    await waitForListeners(sql, 2);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });
  beforeEach(() => void events.splice(0));

  const [here, there] = [() => hosts[0]!, () => hosts[1]!];
  const spread = <T>(count: number, call: (host: TestApp) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => call(hosts[index % 2]!)));

  /** Another connection holds the family's row while `inside` runs. */
  async function holdFamily(user: SignedInUser, inside: () => Promise<void>): Promise<void> {
    await sql.run('BEGIN');
    try {
      await sql.run('SELECT id FROM auth_token_family WHERE subject = $1 FOR UPDATE', [user.id]);
      await inside();
    } finally {
      await sql.run('COMMIT');
    }
  }

  async function expectNothingAlive(user: SignedInUser, answers: Answer[]): Promise<void> {
    expect(await aliveThings(here(), user.id)).toBe(0);
    for (const { status, body } of answers) {
      expect([200, 401]).toContain(status);
      if (status === 401) continue;
      for (const host of hosts) {
        expect((await refresh(host, body.refreshToken)).status).toBe(401);
        await until('the new access token is dead', async () => (await guarded(host, body.accessToken)) === 401);
      }
    }
  }

  it(`T038 ${PARALLEL} parallel refreshes of one token: one live successor, nobody logged out`, async () => {
    const user = await signUp(here().url);
    const answers = await spread(PARALLEL, (host) => refresh(host, user.refreshToken));
    expect(answers.map(({ status }) => status)).toEqual(Array(PARALLEL).fill(200));
    expect([DISTINCT(answers, 'refreshToken'), DISTINCT(answers, 'accessToken')]).toEqual([1, 1]);
    expect(await liveLeaves(here(), user.id)).toBe(1);
    expect(events.filter(({ name }) => name === 'tokens.refreshed')).toHaveLength(1);
    expect(events.filter(({ name }) => name === 'tokens.reuse-detected')).toEqual([]);
    expect(await guarded(there(), answers[0]!.body.accessToken)).toBe(200);
    expect((await refresh(there(), answers[0]!.body.refreshToken)).status).toBe(200);
  });

  it('T038 three generations, each refreshed 10 times at once: one live leaf at the end', async () => {
    const user = await signUp(here().url);
    let token = user.refreshToken;
    for (let generation = 0; generation < 3; generation++) {
      const answers = await spread(10, (host) => refresh(host, token));
      expect(DISTINCT(answers, 'refreshToken')).toBe(1);
      token = answers[0]!.body.refreshToken;
    }
    expect(await liveLeaves(here(), user.id)).toBe(1);
  });

  it('T037 many parallel replays of an old token: one revocation, one event, no 5xx', async () => {
    const user = await signUp(here().url);
    const { body } = await refresh(here(), user.refreshToken);
    await sql.run(`UPDATE auth_token SET consumed_at = now() - interval '11 seconds' WHERE consumed_at IS NOT NULL`);
    const answers = await spread(20, (host) => refresh(host, user.refreshToken));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(events.filter(({ name }) => name === 'tokens.reuse-detected')).toHaveLength(1);
    expect((await refresh(there(), body.refreshToken)).status).toBe(401);
  });

  describe.each([
    ['sign-out', (user: SignedInUser) => post(there(), 'sign-out', user.token)],
    ['revoke-sessions', (user: SignedInUser) => post(there(), 'revoke-sessions', user.token)],
    ['disable', (user: SignedInUser) => there().app.get(UsersService).disable(user.id)],
    ['forget', (user: SignedInUser) => there().app.get(UsersService).forget(user.id)],
  ])('refresh against %s', (_name, end) => {
    it(`T036 leaves nothing alive, ${ROUNDS} rounds as they come`, async () => {
      const user = await signUp(here().url);
      for (let round = 0; round < ROUNDS; round++) {
        const pair = round === 0 ? user : await freshSession(user);
        const order = round % 2 === 0;
        const ending = order ? end(pair) : undefined;
        const refreshed = [refresh(here(), pair.refreshToken), refresh(there(), pair.refreshToken)];
        await Promise.all([ending ?? end(pair), ...refreshed]);
        await expectNothingAlive(user, await Promise.all(refreshed));
      }
    });

    it('T036 the refresh waits first', async () => {
      const user = await signUp(here().url);
      let refreshed: Promise<Answer>, ended: Promise<unknown>;
      await holdFamily(user, async () => {
        refreshed = refresh(here(), user.refreshToken);
        await waitForBlocked(sql, 1);
        ended = Promise.resolve(end(user));
        await waitForBlocked(sql, 2);
      });
      await ended!;
      await expectNothingAlive(user, [await refreshed!]);
    });

    it('T036 the end waits first', async () => {
      const user = await signUp(here().url);
      let refreshed: Promise<Answer>, ended: Promise<unknown>;
      await holdFamily(user, async () => {
        ended = Promise.resolve(end(user));
        await waitForBlocked(sql, 1);
        refreshed = refresh(here(), user.refreshToken);
        await waitForBlocked(sql, 2);
      });
      await ended!;
      await expectNothingAlive(user, [await refreshed!]);
    });
  });

  /** A new sign-in for one who may have been disabled or deleted the round before. */
  async function freshSession(user: SignedInUser): Promise<SignedInUser> {
    if (await here().app.get(UsersService).enable(user.id)) return signIn(here().url, user.email);
    return Object.assign(user, await signUp(here().url));
  }

  describe('the winner is paused before it inserts the successor', () => {
    const PAUSE = 424_242;
    const pauseInserts = `
      CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.parent_id IS NOT NULL AND NEW.kind = 'refresh' THEN PERFORM pg_advisory_xact_lock_shared(${PAUSE}); END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER test_pause BEFORE INSERT ON auth_token FOR EACH ROW EXECUTE FUNCTION test_pause();`;
    /** What the winner consumes looks older than the replay window as soon as it is visible. */
    const ageConsumed = `
      CREATE FUNCTION test_age() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.consumed_at IS NULL AND NEW.consumed_at IS NOT NULL THEN NEW.consumed_at := now() - interval '20 seconds'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER test_age BEFORE UPDATE ON auth_token FOR EACH ROW EXECUTE FUNCTION test_age();`;

    beforeEach(() => sql.run(pauseInserts));
    afterEach(() =>
      sql.run(`DROP TRIGGER IF EXISTS test_pause ON auth_token; DROP TRIGGER IF EXISTS test_age ON auth_token;
               DROP FUNCTION IF EXISTS test_pause; DROP FUNCTION IF EXISTS test_age;`),
    );

    async function pausedWinner(user: SignedInUser, meanwhile: () => Promise<unknown>): Promise<Answer> {
      await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
      const winner = refresh(here(), user.refreshToken);
      try {
        await waitForBlocked(sql, 1);
        await meanwhile();
      } finally {
        await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
      }
      return winner;
    }

    it('T037 and the parent is replayed later: nothing stays alive', async () => {
      await sql.run(ageConsumed);
      const user = await signUp(here().url);
      let replay: Promise<Answer>;
      const winner = await pausedWinner(user, async () => {
        replay = refresh(there(), user.refreshToken);
        await waitForBlocked(sql, 2);
      });
      expect([winner.status, (await replay!).status]).toEqual([200, 401]);
      expect(await liveLeaves(here(), user.id)).toBe(0);
      expect((await refresh(there(), winner.body.refreshToken)).status).toBe(401);
      await until('its access token is dead', async () => (await guarded(here(), winner.body.accessToken)) === 401);
    });

    it('T036 and the user signs out meanwhile: nothing stays alive', async () => {
      const user = await signUp(here().url);
      let out: Promise<Answer>;
      const winner = await pausedWinner(user, async () => {
        out = post(there(), 'sign-out', user.token);
        await waitForBlocked(sql, 2);
      });
      expect((await out!).status).toBe(200);
      await expectNothingAlive(user, [winner]);
    });

    it('T038 and a repeat waits for it: both get the same successor', async () => {
      const user = await signUp(here().url);
      let repeat: Promise<Answer>;
      const winner = await pausedWinner(user, async () => {
        repeat = refresh(there(), user.refreshToken);
        await waitForBlocked(sql, 2);
      });
      expect((await repeat!).body.refreshToken).toBe(winner.body.refreshToken);
      expect(await liveLeaves(here(), user.id)).toBe(1);
    });
  });
});
