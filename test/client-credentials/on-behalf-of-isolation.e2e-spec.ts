import { decodeJwt } from 'jose';
import { AuthCaches, UsersService } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { actingFor, actingHost, formOf, grantedTo, relay, rowsOf, tokenFor } from '../support/on-behalf-of.js';
import { post, refresh } from '../support/tokens.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

const MAX_ROWS = 50;

describe("tokens on behalf of users are nobody else's", () => {
  let upstream: Upstream;
  let host: TestApp;
  let ada: SignedInUser;
  let bob: SignedInUser;
  beforeAll(async () => {
    upstream = await startUpstream();
    const outbound = actingFor(upstream, { orders: {}, signed: { subjectToken: 'signed' } });
    host = await actingHost(outbound, {
      auth: { cacheSize: 100, cacheTtl: 60, accounts: { administrators: { roles: ['admin'] } } },
    });
    [ada, bob] = [await signUp(host.url), await signUp(host.url)];
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
  });
  beforeEach(async () => {
    await host.sql('DELETE FROM auth_client_credential');
    await forget();
    upstream.answer(grantedTo());
    upstream.seen.length = 0;
  });
  const memory = () =>
    host.app
      .get(AuthCaches)
      .statistics()
      .find(({ name }) => name === 'outbound')!;
  /** Ends what memory has of them, and not their credentials. */
  async function forget(): Promise<void> {
    const tags = [ada, bob].map(({ id }) => `subject:${id}`).join('\n');
    await host.sql(`SELECT pg_notify('nest_authority', $1)`, [tags]);
    await until('memory has nothing of them', () => memory().entries === 0);
  }
  const setRow = (of: SignedInUser, from: SignedInUser, columns: string) =>
    host.sql(
      `UPDATE auth_client_credential SET (${columns}) = (SELECT ${columns} FROM auth_client_credential WHERE ends_with @> ARRAY['subject:' || $2::text])
       WHERE ends_with @> ARRAY['subject:' || $1::text]`,
      [of.id, from.id],
    );

  it('T171 another user, and another token of the same user, is another row', async () => {
    const next = (await refresh(host, (await signIn(host.url, ada.email)).refreshToken)).body.accessToken as string;
    for (const token of [ada.accessToken, bob.accessToken, next, ada.accessToken])
      expect((await relay(host, 'orders', token)).body.accessToken).toBe(tokenFor(token));
    expect([await rowsOf(host), upstream.seen.length]).toEqual([3, 3]);
  });

  it('T171 one session spelled otherwise is the same session, and never another', async () => {
    const [, cookie = ''] = ada.cookie
      .split(';')
      .find((one) => one.includes('session'))!
      .split(/=(.*)/s);
    const spellings = [
      ada.token,
      cookie,
      decodeURIComponent(cookie).replaceAll('=', '%3D'),
      cookie.replaceAll('.', '%2E'),
    ];
    const answers = [];
    for (const bearer of spellings) answers.push(await relay(host, 'signed', bearer));
    const other = await relay(host, 'signed', bob.token);
    const taken = answers.filter(({ status }) => status === 200);
    expect(taken.length).toBeGreaterThan(1);
    expect(new Set(taken.map(({ body }) => body.id)).size).toBe(1);
    expect(new Set([taken[0]!.body.id, other.body.id]).size).toBe(2);
    expect(upstream.seen.map((one) => decodeJwt(formOf(one)['subject_token']!).sub)).toEqual([ada.id, bob.id]);
  });

  it('T171 a sealed token that is copied into the row of another user is not opened', async () => {
    for (const { accessToken } of [ada, bob]) await relay(host, 'orders', accessToken);
    await setRow(ada, bob, 'access_token, expires_at, scope');
    await forget();
    expect((await relay(host, 'orders', ada.accessToken)).body.accessToken).toBe(tokenFor(ada.accessToken));
    expect(upstream.seen).toHaveLength(3);
  });

  it('T171 no row has a token of the user, nor what it was exchanged for, in clear', async () => {
    await relay(host, 'orders', ada.accessToken);
    const [row] = await host.sql<{ text: string }>(
      `SELECT c::text || encode(access_token, 'escape') || encode(configuration, 'escape') AS text FROM auth_client_credential c`,
    );
    for (const secret of [ada.accessToken, ada.token, tokenFor(ada.accessToken)])
      expect(row!.text).not.toContain(secret);
  });

  it('T171 who acts as the user is named, and shares nothing with them (RFC 8693 4.1)', async () => {
    const { id, email } = await signUp(host.url);
    await host.app.get(UsersService).setRoles(id, ['admin']);
    const admin = await signIn(host.url, email);
    const { body } = await post(host, 'admin/impersonate-user', admin.token, { userId: ada.id });
    const own = await relay(host, 'signed', ada.token);
    const acting = await relay(host, 'signed', body.session.token);
    expect([own.status, acting.status, acting.body.id === own.body.id]).toEqual([200, 200, false]);
    const [inPerson, byAnother] = upstream.seen.map((one) => decodeJwt(formOf(one)['subject_token']!));
    expect([inPerson!.sub, inPerson!['act']]).toEqual([ada.id, undefined]);
    expect([byAnother!.sub, byAnother!['act']]).toEqual([ada.id, { sub: id }]);
  });

  it('T174 a user has so many rows at an application, however many credentials they have: the newest', async () => {
    await relay(host, 'orders', bob.accessToken);
    await host.sql(
      `INSERT INTO auth_client_credential (id, application_name, configuration, ends_with, delete_after, created_at)
       SELECT gen_random_uuid(), 'orders', decode(md5(n::text), 'hex'), ARRAY['subject:' || $1::text], now() + interval '1 hour', now() - n * interval '1 second'
       FROM generate_series(1, $2) n`,
      [ada.id, 2 * MAX_ROWS],
    );
    expect((await relay(host, 'orders', ada.accessToken)).body.accessToken).toBe(tokenFor(ada.accessToken));
    expect(await rowsOf(host)).toBe(MAX_ROWS + 1);
    const [row] = await host.sql<{ oldest: number }>(
      `SELECT max(extract(epoch FROM now() - created_at))::int AS oldest FROM auth_client_credential WHERE ends_with @> ARRAY['subject:' || $1]`,
      [ada.id],
    );
    expect(row!.oldest).toBeLessThanOrEqual(MAX_ROWS + 5);
    await relay(host, 'orders', ada.accessToken);
    expect(upstream.seen).toHaveLength(2);
  });

  it('T174 memory holds so many tokens, and whose was dropped gets it from the row', async () => {
    const tokens: string[] = [];
    let { refreshToken } = await signIn(host.url, bob.email);
    for (let count = 0; count < 120; count++) {
      const { body } = await refresh(host, refreshToken);
      refreshToken = body.refreshToken;
      tokens.push(body.accessToken);
      await relay(host, 'orders', body.accessToken);
    }
    const { entries, maxEntries } = memory();
    expect([entries, maxEntries]).toEqual([100, 100]);
    expect(await rowsOf(host)).toBe(MAX_ROWS);
    expect((await send(`${host.url}/relay/orders`, { bearer: tokens[0]! })).body.accessToken).toBe(
      tokenFor(tokens[0]!),
    );
  });
});
