import { createTestApp, type TestApp } from '../support/app.js';
import { answer, expectErrorPage, handleIn } from '../support/authorization.js';
import { Navigator, providerOptions, WEB, type Page } from '../support/oauth.js';
import { open, pushed } from '../support/pushed-requests.js';
import { connectSql, type SqlClient } from '../support/sql-client.js';

const PARALLEL = 50;
const OWN = { ...WEB, clientId: 'own', redirectUris: ['https://own.example/cb'], skipConsent: true };

describe('RFC 9126 4: races of one request_uri, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;
  let browsers: Navigator[];

  beforeAll(async () => {
    const auth = providerOptions({ clients: [WEB, OWN] }, { cacheTtl: '60s' });
    const first = await createTestApp({ auth, poolSize: 15 });
    hosts = [first, await createTestApp({ auth, poolSize: 15, databaseUrl: first.databaseUrl })];
    sql = await connectSql(first.databaseUrl);
  });
  beforeEach(async () => {
    // Two browsers, each at a node of its own.
    browsers = hosts.map((host) => new Navigator(host));
    for (const browser of browsers) await browser.signUp();
    await sql.run('DELETE FROM auth_authorization_code');
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });

  const spread = (call: (browser: Navigator) => Promise<Page>) =>
    Promise.all(Array.from({ length: PARALLEL }, (_, index) => call(browsers[index % 2]!)));
  const codes = async () =>
    (await sql.run<{ n: number }>('SELECT count(*)::int AS n FROM auth_authorization_code'))[0]!.n;
  const withCode = (pages: Page[]) => pages.filter(({ location }) => location?.includes('?code='));

  it(`T063: ${PARALLEL} openings that need no page: one code, the others an error page`, async () => {
    const requestUri = await pushed(hosts[0]!, OWN);
    const pages = await spread((browser) => open(browser, OWN, requestUri));
    expect(withCode(pages)).toHaveLength(1);
    for (const page of pages.filter(({ location }) => !location?.includes('?code='))) expectErrorPage(page);
    expect(await codes()).toBe(1);
  });

  it(`T063: ${PARALLEL} openings that lead to a page: all to the same request, opened once`, async () => {
    const requestUri = await pushed(hosts[0]!, WEB);
    const pages = await spread((browser) => open(browser, WEB, requestUri));
    expect(new Set(pages.map(handleIn)).size).toBe(1);
    const [row] = await sql.run<{ n: number; lifetime: number }>(
      `SELECT count(*)::int AS n, max(extract(epoch FROM expires_at - opened_at))::int AS lifetime
       FROM auth_authorization_request WHERE answered_at IS NULL`,
    );
    expect(row).toEqual({ n: 1, lifetime: 3_600 });
    expect(await codes()).toBe(0);
    await sql.run('DELETE FROM auth_authorization_request');
  });

  it(`T063: ${PARALLEL} answers of the browser that was asked last: one code`, async () => {
    const requestUri = await pushed(hosts[1]!, WEB);
    await open(browsers[0]!, WEB, requestUri);
    const handle = handleIn(await open(browsers[1]!, WEB, requestUri));
    const pages = await spread((browser) => answer(browser, handle, true));
    expect(withCode(pages)).toHaveLength(1);
    expect(await codes()).toBe(1);
  });

  it('T063: answers and openings at once: one code', async () => {
    const requestUri = await pushed(hosts[1]!, OWN, { prompt: 'consent' });
    const handle = handleIn(await open(browsers[0]!, OWN, requestUri));
    let turn = 0;
    const pages = await spread((browser) =>
      turn++ % 3 === 0 ? open(browser, OWN, requestUri) : answer(browser, handle, true),
    );
    const left = await open(browsers[0]!, OWN, requestUri);
    if (left.location?.includes('/oauth2/consent?')) pages.push(await answer(browsers[0]!, handle, true));
    expect(withCode(pages)).toHaveLength(1);
    expect(await codes()).toBe(1);
  });

  it('T063: a crash between code and answer leaves both undone: the request is whole, and its code comes at the next try', async () => {
    const requestUri = await pushed(hosts[0]!, OWN);
    await sql.run(`
      CREATE FUNCTION test_crash() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.answered_at IS NOT NULL THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END $$;
      CREATE TRIGGER test_crash BEFORE UPDATE ON auth_authorization_request FOR EACH ROW EXECUTE FUNCTION test_crash();`);
    try {
      expect((await open(browsers[0]!, OWN, requestUri)).status).toBe(503);
    } finally {
      await sql.run('DROP TRIGGER test_crash ON auth_authorization_request; DROP FUNCTION test_crash()');
    }
    expect(await codes()).toBe(0);
    expect(withCode([await open(browsers[1]!, OWN, requestUri)])).toHaveLength(1);
    expect(await codes()).toBe(1);
  });
});
