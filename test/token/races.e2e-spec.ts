import { AuthEvents, UsersService, type AnyAuthEvent } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { answer, askedForConsent, liveFamilies } from '../support/authorization.js';
import { send, type Answer } from '../support/http.js';
import { authorizeQuery, exchange, Navigator, obtainCode, providerOptions, WEB, type Page } from '../support/oauth.js';
import { connectSql, waitForBlocked, waitForListeners, type SqlClient } from '../support/sql-client.js';

const PARALLEL = 200;
const PAUSE = 535_353;
const OFFLINE = 'openid offline_access read:data';

describe('races of authorization codes and consent, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  let browser: Navigator;
  let userId: string;
  const events: AnyAuthEvent[] = [];

  beforeAll(async () => {
    const auth = providerOptions({}, { cacheTtl: '60s' });
    const first = await createTestApp({ auth, poolSize: 15 });
    hosts = [first, await createTestApp({ auth, poolSize: 15, databaseUrl: first.databaseUrl })];
    for (const host of hosts) host.app.get(AuthEvents).onAny((event) => void events.push(event));
    sql = await connectSql(first.databaseUrl);
    await waitForListeners(sql, 2);
    // Tokens wait here before they are written, while a test holds the lock.
    await sql.run(`
      CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.source = 'authorization_code' THEN PERFORM pg_advisory_xact_lock_shared(${PAUSE}); END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER test_pause BEFORE INSERT ON auth_token_family FOR EACH ROW EXECUTE FUNCTION test_pause();`);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });
  beforeEach(async () => {
    events.splice(0);
    browser = new Navigator(here());
    userId = await browser.signUp();
  });

  const [here, there] = [() => hosts[0]!, () => hosts[1]!];
  const spread = <T>(count: number, call: (host: TestApp, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, index) => call(hosts[index % 2]!, index)));
  const outcome = ({ status, body }: Answer) => `${status} ${body.error ?? ''}`;
  const codeCount = async () =>
    (
      await sql.run<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_code WHERE subject = $1', [
        userId,
      ])
    )[0]!.n;

  it(`T070 T071 ${PARALLEL} parallel exchanges of one code on two instances: one 200, no 5xx, and nothing stays alive`, async () => {
    const grant = await obtainCode(browser, WEB, { scope: OFFLINE });
    const answers = await spread(PARALLEL, (host) => exchange(host, WEB, grant));
    const refused = answers.map(outcome).filter((text) => text === '400 invalid_grant');
    expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([1, PARALLEL - 1]);
    const issued = events.filter(
      ({ name, event }) => name === 'tokens.issued' && 'clientId' in event && event.clientId === 'web',
    );
    expect(issued).toHaveLength(1);
    // T071: of two who had the code one was not its owner.
    expect(await liveFamilies(here(), userId)).toBe(0);
  });

  it('T070 many codes at once, each exchanged twice: each buys once', async () => {
    const grants: { code: string; verifier: string }[] = [];
    for (let count = 0; count < 8; count++) grants.push(await obtainCode(browser, WEB, { scope: OFFLINE }));
    const answers = await spread(16, (host, index) => exchange(host, WEB, grants[index >> 1]!));
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(8);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  });

  async function whilePaused(meanwhile: (first: Promise<Answer>) => Promise<void>, scope: string): Promise<Answer> {
    const grant = await obtainCode(browser, WEB, { scope });
    await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
    const first = exchange(here(), WEB, grant);
    try {
      await waitForBlocked(sql, 1);
      await meanwhile(first);
    } finally {
      await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
    }
    return first;
  }

  it('T071 the code is replayed before its tokens are written: nothing stays alive', async () => {
    const grant = await obtainCode(browser, WEB, { scope: OFFLINE });
    await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
    const first = exchange(here(), WEB, grant);
    await waitForBlocked(sql, 1);
    const second = exchange(there(), WEB, grant);
    await waitForBlocked(sql, 2);
    await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
    expect([outcome(await first), outcome(await second)].toSorted()).toEqual(['200 ', '400 invalid_grant']);
    expect(await liveFamilies(here(), userId)).toBe(0);
  });

  const cookie = () => ({ cookie: browser.cookie, origin: TEST_ISSUER });
  const endings: [string, string, () => Promise<unknown>][] = [
    ['sign-out', 'openid read:data', () => send(`${there().url}/api/auth/sign-out`, { body: {}, headers: cookie() })],
    ['disable', OFFLINE, () => there().app.get(UsersService).disable(userId)],
    ['forget', OFFLINE, () => there().app.get(UsersService).forget(userId)],
    [
      'withdrawal of consent',
      OFFLINE,
      () => send(`${there().url}/api/auth/oauth2/applications/web`, { method: 'DELETE', headers: cookie() }),
    ],
  ];

  it.each(endings)('T084 %s while tokens are being written: none stays alive', async (_name, scope, end) => {
    let ended: Promise<unknown>;
    const first = await whilePaused(async () => {
      ended = end();
      await waitForBlocked(sql, 2);
    }, scope);
    await ended!;
    expect(first.status).toBe(200);
    expect(await liveFamilies(here(), userId)).toBe(0);
  });

  it('T084 an exchange that waits for a user who is being ended holds none of their sessions', async () => {
    const grant = await obtainCode(browser, WEB, { scope: OFFLINE });
    await sql.run('BEGIN');
    await sql.run('UPDATE auth_subject SET disabled_at = now(), epoch = epoch + 1 WHERE subject = $1', [userId]);
    const waiting = exchange(here(), WEB, grant);
    await waitForBlocked(sql, 1);
    // Would wait for whoever waits for it, and one of them would be ended by PostgreSQL.
    const gone = await sql.run('DELETE FROM auth_session WHERE subject = $1 RETURNING id', [userId]);
    await sql.run('COMMIT');
    expect(gone).toHaveLength(1);
    expect(outcome(await waiting)).toBe('400 invalid_grant');
    expect(await liveFamilies(here(), userId)).toBe(0);
  });

  it.each(endings)('T084 %s against an exchange, as they come: none stays alive, no 5xx', async (_name, scope, end) => {
    const grants = [];
    for (let count = 0; count < 4; count++) grants.push(await obtainCode(browser, WEB, { scope }));
    const exchanges = grants.slice(0, 2).map((grant, index) => exchange(hosts[index]!, WEB, grant));
    const ended = end();
    exchanges.push(...grants.slice(2).map((grant, index) => exchange(hosts[index]!, WEB, grant)));
    await ended;
    for (const { status, body } of await Promise.all(exchanges))
      expect(['200', '400 invalid_grant']).toContain(status === 200 ? '200' : `${status} ${body.error}`);
    expect(await liveFamilies(here(), userId)).toBe(0);
  });

  it('T084 withdrawal and exchange that wait for each other end both: nothing stays alive', async () => {
    const grant = await obtainCode(browser, WEB, { scope: OFFLINE });
    await sql.run('BEGIN');
    await sql.run('SELECT id FROM auth_session WHERE subject = $1 FOR UPDATE', [userId]);
    const first = exchange(here(), WEB, grant);
    await waitForBlocked(sql, 1);
    const ended = endings[3]![2]() as Promise<Answer>;
    await waitForBlocked(sql, 2);
    await sql.run('COMMIT');
    expect((await ended).status).toBe(200);
    expect([200, 400]).toContain((await first).status);
    expect(await liveFamilies(here(), userId)).toBe(0);
  });

  const results = (pages: Page[]) =>
    pages.map(({ status, location }) => {
      if (location?.includes('?code=')) return 'code';
      return location?.includes('error=access_denied') ? 'denied' : String(status);
    });

  it('T063 consent accepted and refused at once, many times: one outcome', async () => {
    for (let round = 0; round < 6; round++) {
      const handle = await askedForConsent(browser, WEB, { prompt: 'consent' });
      const before = await codeCount();
      const pages = await Promise.all(
        Array.from({ length: 20 }, (_, index) => answer(browser, handle, (index + round) % 2 === 0)),
      );
      const found = results(pages);
      const [winner, ...others] = found.filter((one) => one === 'code' || one === 'denied');
      expect([winner === undefined, others]).toEqual([false, []]);
      expect(new Set(found.filter((one) => one !== winner))).toEqual(
        new Set(found.includes('403') ? found.filter((one) => /^40[03]$/.test(one)) : ['400']),
      );
      expect((await codeCount()) - before).toBe(winner === 'code' ? 1 : 0);
    }
  });

  it('T063 one request taken up in many tabs at once: one code', async () => {
    await obtainCode(browser, WEB);
    const page = await browser.post(
      '/api/auth/oauth2/authorize',
      Object.fromEntries(new URLSearchParams(authorizeQuery(WEB, { code_challenge: 'a'.repeat(43) }))),
    );
    const before = await codeCount();
    const pages = await Promise.all(Array.from({ length: 20 }, () => browser.get(page.location!)));
    expect(results(pages).toSorted()).toEqual([...Array(19).fill('400'), 'code']);
    expect((await codeCount()) - before).toBe(1);
  });
});
