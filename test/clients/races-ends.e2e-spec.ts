import { Controller, Get } from '@nestjs/common';
import { BearerAuth, OAuthClientsService, type StaticClientOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { tokensFor } from '../support/client-auth.js';
import { administer, AdminGuard, CALLBACK, SMALLEST } from '../support/clients.js';
import { basic, exchange, Navigator, obtainCode, providerOptions, tokenRequest } from '../support/oauth.js';
import { send, type Answer } from '../support/http.js';
import { connectSql, waitForBlocked, waitForListeners, type SqlClient } from '../support/sql-client.js';
import { sweep } from '../support/sweep.js';
import { signUp } from '../support/users.js';

const PAUSE = 747_474;
const OFFLINE = 'openid offline_access read:data';

@Controller('host')
class HostController {
  @Get('open')
  @BearerAuth()
  open() {
    return {};
  }
}

type Client = Required<Pick<StaticClientOptions, 'clientId' | 'clientSecret' | 'redirectUris'>>;

describe('T107 tokens that are written while their client ends, on two applications', () => {
  let hosts: TestApp[];
  let sql: SqlClient;

  beforeAll(async () => {
    const auth = providerOptions(
      { scopes: ['openid', 'offline_access', 'read:data', 'reports:read'] },
      { clientCredentials: true, cacheTtl: '60s', administration: { guard: new AdminGuard() } },
    );
    const first = await createTestApp({ auth, controllers: [HostController] });
    hosts = [first, await createTestApp({ auth, controllers: [HostController], databaseUrl: first.databaseUrl })];
    sql = await connectSql(first.databaseUrl);
    await waitForListeners(sql, 2);
    // Tokens wait here, when the statement that writes them has read its client and before their row is written.
    await sql.run(`
      CREATE FUNCTION test_pause() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock_shared(${PAUSE}); RETURN NEW; END $$;
      CREATE TRIGGER test_pause BEFORE INSERT ON auth_token FOR EACH ROW EXECUTE FUNCTION test_pause();`);
  });
  afterAll(async () => {
    await sql.close();
    for (const host of hosts.reverse()) await host.close();
  });

  const [here, there] = [() => hosts[0]!, () => hosts[1]!];

  async function newClient(): Promise<Client> {
    const { body } = await administer(here(), 'POST', 'oauth-clients', {
      ...SMALLEST,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope: OFFLINE,
      client_credentials_scopes: ['reports:read'],
    });
    return { clientId: body.client_id, clientSecret: body.client_secret, redirectUris: [CALLBACK] };
  }

  type Tokens = { readonly access_token: string; readonly refresh_token?: string };
  const ways: [string, (client: Client) => Promise<() => Promise<Tokens>>][] = [
    ['for itself', async (client) => async () => (await own(here(), client)).body],
    [
      'for a user',
      async (client) => {
        const user = await signUp(here().url);
        return () => tokensFor(here(), client, user, { scopes: ['read:data', 'offline_access'] });
      },
    ],
  ];

  const own = (host: TestApp, client: Client) => tokenRequest(host, client, { grant_type: 'client_credentials' });
  const opens = async (host: TestApp, bearer: string) =>
    (await send(`${host.url}/host/open`, { bearer })).status === 200;

  /** The client ends, and that is committed, when the statement that writes a token has seen it alive and has not been committed. */
  async function endedMeanwhile<T>(issue: () => Promise<T>, end: () => Promise<Answer>): Promise<T> {
    await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
    const issued = issue();
    try {
      await waitForBlocked(sql, 1);
      expect((await end()).status).toBe(200);
    } finally {
      await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
    }
    return issued;
  }

  async function requireDead(client: Client, { access_token: token, refresh_token: refreshToken }: Tokens) {
    for (const host of hosts) {
      expect(await opens(host, token)).toBe(false);
      const [body, headers] = [new URLSearchParams({ token }), basic(client.clientId, client.clientSecret)];
      expect((await send(`${host.url}/api/auth/oauth2/introspect`, { body, headers })).text).toBe('{"active":false}');
      if (refreshToken === undefined) continue;
      const refused = await tokenRequest(host, client, { grant_type: 'refresh_token', refresh_token: refreshToken });
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    }
  }

  it.each(ways)('T107 a token %s is dead when it comes, also when the client is enabled again', async (_name, way) => {
    const client = await newClient();
    const route = `oauth-clients/${client.clientId}`;
    const tokens = await endedMeanwhile(await way(client), () => administer(there(), 'POST', `${route}/disable`));
    expect(tokens.access_token).toMatch(/^naa_/);
    for (const host of hosts) expect(await opens(host, tokens.access_token)).toBe(false);
    expect((await administer(there(), 'POST', `${route}/enable`)).status).toBe(200);
    await requireDead(client, tokens);
    expect(await opens(here(), (await own(there(), client)).body.access_token)).toBe(true);
  });

  it('T107 a code that is being exchanged: the end of the client waits for it, and what it bought is dead', async () => {
    const client = await newClient();
    const route = `oauth-clients/${client.clientId}`;
    const browser = new Navigator(here());
    await browser.signUp();
    const grant = await obtainCode(browser, client, { scope: OFFLINE });
    await sql.run('SELECT pg_advisory_lock($1)', [PAUSE]);
    const exchanged = exchange(here(), client, grant);
    let ended: Promise<Answer>;
    try {
      await waitForBlocked(sql, 1);
      // It ends codes too, and this one is being spent.
      ended = administer(there(), 'POST', `${route}/disable`);
      await waitForBlocked(sql, 2);
    } finally {
      await sql.run('SELECT pg_advisory_unlock($1)', [PAUSE]);
    }
    const { status, body: tokens } = await exchanged;
    expect([status, (await ended).status]).toEqual([200, 200]);
    expect((await administer(there(), 'POST', `${route}/enable`)).status).toBe(200);
    await requireDead(client, tokens);
  });

  it.each(ways)('T107 a token %s stays dead when the client was deleted and is put back', async (_name, way) => {
    const client = await newClient();
    const tokens = await endedMeanwhile(await way(client), () =>
      administer(there(), 'DELETE', `oauth-clients/${client.clientId}`),
    );
    const subject = `client:${client.clientId}`;
    await sql.run(`UPDATE auth_subject SET forgotten_at = now() - interval '9 days' WHERE subject = $1`, [subject]);
    // An access token has expired by the time at which the row of a subject goes.
    await sql.run(`UPDATE auth_token SET expires_at = now() - interval '8 days' WHERE kind = 'access'`);
    await sweep(there());
    const seed = {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scope: OFFLINE,
    };
    await there().app.get(OAuthClientsService).seed([seed]);
    await requireDead(client, tokens);
  });
});
