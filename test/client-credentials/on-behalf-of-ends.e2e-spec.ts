import { ApiKeysService, AuthCaches, UsersService } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { grantTokens } from '../support/client-tokens.js';
import { administer, AdminGuard, SMALLEST } from '../support/clients.js';
import { send } from '../support/http.js';
import { basic } from '../support/oauth.js';
import { actingFor, actingHost, grantedTo, relay, rowsOf } from '../support/on-behalf-of.js';
import { sweep } from '../support/sweep.js';
import { post } from '../support/tokens.js';
import { until } from '../support/until.js';
import { startUpstream, type SeenRequest, type Upstream } from '../support/upstream.js';
import { signUp, type SignedInUser } from '../support/users.js';

const SECRET = 'a secret of a test client, long enough';

/** A credential of a user, and what ends it. */
interface Ending {
  readonly bearer: string;
  end(): Promise<unknown>;
}

describe('tokens on behalf of a user end with what they were fetched for', () => {
  let upstream: Upstream;
  let host: TestApp;
  /** Another process, which keeps in memory for a minute. */
  let second: TestApp;
  beforeAll(async () => {
    upstream = await startUpstream();
    const outbound = actingFor(upstream, { exchange: {}, signed: { subjectToken: 'signed' } });
    host = await actingHost(outbound, { auth: { cacheTtl: 60, administration: { guard: new AdminGuard() } } });
    second = await actingHost(outbound, { databaseUrl: host.databaseUrl, auth: { cacheTtl: 60 } });
  });
  afterAll(async () => {
    await second.close();
    await host.close();
    await upstream.close();
  });
  beforeEach(async () => {
    await host.sql('DELETE FROM auth_client_credential');
    upstream.answer(grantedTo());
    upstream.seen.length = 0;
  });

  const directory = () => host.app.get(UsersService);
  const ofClient = ({ id, sessionId }: SignedInUser, scopes: readonly string[] = [], clientId = 'web') =>
    grantTokens(host, { clientId, user: { id, sessionId }, scopes: ['reports', ...scopes] });
  const revokeAsClient = (token: string) =>
    send(`${host.url}/api/auth/oauth2/revoke`, {
      headers: { ...basic('web', SECRET), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token }),
    });

  const ENDINGS: Readonly<Record<string, (user: SignedInUser) => Promise<Ending>>> = {
    'sign-out': async ({ token, accessToken }) => ({
      bearer: accessToken,
      end: () => post(host, 'sign-out', token),
    }),
    'sign-out, of a JWT of the session': async ({ token }) => ({
      bearer: (await send(`${host.url}/api/auth/token`, { bearer: token })).body.token,
      end: () => post(host, 'sign-out', token),
    }),
    'the end of one session by another': async ({ token, accessToken }) => ({
      bearer: accessToken,
      end: () => post(host, 'revoke-sessions', token),
    }),
    'a disabled user': async ({ id, accessToken }) => ({
      bearer: accessToken,
      end: () => directory().disable(id),
    }),
    'a forgotten user': async ({ id, accessToken }) => ({
      bearer: accessToken,
      end: () => directory().forget(id),
    }),
    'a token that its client revokes': async (user) => {
      const { access_token: bearer } = await ofClient(user);
      return { bearer, end: () => revokeAsClient(bearer) };
    },
    'a family that its client revokes': async (user) => {
      const { access_token: bearer, refresh_token: refreshToken } = await ofClient(user, ['offline_access']);
      return { bearer, end: () => revokeAsClient(refreshToken!) };
    },
    'sign-out, of a token of a client': async (user) => {
      const { access_token: bearer } = await ofClient(user);
      return { bearer, end: () => post(host, 'sign-out', user.token) };
    },
    'a disabled client': async (user) => {
      const made = await administer(host, 'POST', 'oauth-clients', { ...SMALLEST, scope: 'reports' });
      const clientId = made.body.client_id as string;
      const { access_token: bearer } = await ofClient(user, [], clientId);
      return { bearer, end: () => administer(host, 'POST', `oauth-clients/${clientId}/disable`) };
    },
    'a deleted API key': async ({ id }) => {
      const keys = host.app.get(ApiKeysService);
      const { key, id: keyId } = await keys.create({ owner: { kind: 'user', id }, name: 'of a user' });
      return { bearer: key, end: () => keys.revoke(keyId) };
    },
  };

  it.each(Object.keys(ENDINGS))(
    'T173 %s: the rows are gone with it, and on every node nobody gets a token',
    async (name) => {
      const { bearer, end } = await ENDINGS[name]!(await signUp(host.url));
      const applications = name.includes('API key') ? ['signed'] : ['exchange', 'signed'];
      const all = () =>
        Promise.all([host, second].flatMap((node) => applications.map((one) => relay(node, one, bearer))));
      expect((await all()).map(({ status }) => status)).toEqual(Array(2 * applications.length).fill(200));
      const other = await signUp(host.url);
      await relay(second, 'exchange', other.accessToken);
      expect(await rowsOf(host)).toBe(applications.length + 1);
      await end();
      expect(await rowsOf(host)).toBe(1);
      await until('every node refuses', async () => (await all()).every(({ status }) => status === 401));
      expect(upstream.seen).toHaveLength(applications.length + 1);
      // Nor does the refused call leave a row.
      expect(await rowsOf(host)).toBe(1);
      expect((await relay(second, 'exchange', other.accessToken)).status).toBe(200);
      expect(upstream.seen).toHaveLength(applications.length + 1);
    },
  );

  it('T173 memory is dropped in all processes, and before the token is asked for again', async () => {
    const { token, password } = await signUp(host.url);
    const kept = () =>
      second.app
        .get(AuthCaches)
        .statistics()
        .find(({ name }) => name === 'outbound')!.entries;
    await relay(host, 'signed', token);
    const before = kept();
    await relay(second, 'signed', token);
    expect([kept(), upstream.seen.length]).toEqual([before + 1, 1]);
    // The session goes on: what is read of it may be another now, so what was made of that goes.
    expect((await post(host, 'verify-password', token, { password })).status).toBe(200);
    await until('the other process has dropped it', () => kept() === before);
    expect((await relay(second, 'signed', token)).status).toBe(200);
    expect(upstream.seen).toHaveLength(2);
  });

  /** The provider answers when the test says so. */
  function held(): { readonly arrived: Promise<void>; release(): void } {
    let release!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const answer = grantedTo() as (request: SeenRequest, response: never) => void;
    upstream.answer(async (request, response) => {
      await gate;
      answer(request, response as never);
    });
    return { arrived: until('the request has arrived', () => upstream.seen.length > 0), release };
  }

  it.each([
    ['before it is stored', false],
    ['in a transaction that had not seen the row', true],
  ])(
    'T173 a session that ends while the provider is asked, %s: 401, no row, no second request',
    async (_, restored) => {
      const { token, accessToken } = await signUp(host.url);
      const { arrived, release } = held();
      const waiting = [relay(host, 'exchange', accessToken), relay(host, 'exchange', accessToken)];
      await arrived;
      if (restored) await host.sql('CREATE TABLE kept_row AS SELECT * FROM auth_client_credential');
      await post(host, 'sign-out', token);
      if (restored) await host.sql('INSERT INTO auth_client_credential SELECT * FROM kept_row');
      if (restored) await host.sql('DROP TABLE kept_row');
      release();
      expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([401, 401]);
      expect([await rowsOf(host), upstream.seen.length]).toEqual([0, 1]);
    },
  );

  it('T173 what nothing has ended is swept when token or credential are over; others stay', async () => {
    const users = [await signUp(host.url), await signUp(host.url), await signUp(host.url)];
    upstream.answer(grantedTo({ expires_in: 80_000 }));
    for (const { accessToken } of users) await relay(host, 'exchange', accessToken);
    const [kept] = await host.sql<{ longest: number }>(
      'SELECT max(extract(epoch FROM delete_after - now()))::int AS longest FROM auth_client_credential',
    );
    // The token goes on for a day, the access token that it was exchanged for does not.
    expect(kept!.longest).toBeLessThanOrEqual(3_600);
    await host.sql(
      `UPDATE auth_client_credential SET delete_after = now() - interval '1 second'
                    WHERE ends_with @> ARRAY['subject:' || $1]`,
      [users[1]!.id],
    );
    expect(await sweep(host)).toMatchObject({ 'auth_client_credential of users': 1, auth_client_credential: 0 });
    expect(await rowsOf(host)).toBe(2);
  });
});
