import { AuthEvents, type AnyAuthEvent } from '../../src/index.js';
import { AuthCookies } from '../../src/common/http/request/cookies.js';
import { mintToken } from '../../src/common/tokens/token-format.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { countAcquired } from '../support/pool.js';
import { aliveThings, guarded, liveLeaves, post, refresh } from '../support/tokens.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('tokens on %s', (adapter) => {
  let host: TestApp;
  const events: AnyAuthEvent[] = [];

  beforeAll(async () => {
    host = await createTestApp({ adapter });
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
  });
  afterAll(() => host.close());
  beforeEach(() => void events.splice(0));

  /** As if the last rotations had happened so long ago. */
  const age = (user: SignedInUser, seconds: number) =>
    host.sql(
      `UPDATE auth_token t SET consumed_at = consumed_at - $2::int * interval '1 second' FROM auth_token_family f
       WHERE f.id = t.family_id AND f.subject = $1 AND t.consumed_at IS NOT NULL`,
      [user.id, seconds],
    );

  const heard = (name: string) => events.filter((event) => event.name === name);

  describe('T037 a rotated token used again later', () => {
    it('T037 401, the family and its access tokens are dead, the session lives, the event says so', async () => {
      const user = await signUp(host.url);
      const next = (await refresh(host, user.refreshToken)).body;
      expect(await guarded(host, next.accessToken)).toBe(200);
      await age(user, 11);
      const replay = await refresh(host, user.refreshToken);
      expect([replay.status, replay.body.code]).toEqual([401, 'INVALID_REFRESH_TOKEN']);
      expect((await refresh(host, next.refreshToken)).status).toBe(401);
      for (const token of [user.accessToken, next.accessToken]) expect(await guarded(host, token)).toBe(401);
      expect(await liveLeaves(host, user.id)).toBe(0);
      expect(await guarded(host, user.token)).toBe(200);
      const [detected, ...more] = heard('tokens.reuse-detected');
      expect([detected!.event, more]).toEqual([
        { familyId: expect.any(String), subjectId: user.id, clientId: null },
        [],
      ]);
      expect(JSON.stringify(events)).not.toMatch(/na[rs]_|naa_/);
    });

    it('T037 a grandparent is a theft even inside the window', async () => {
      const user = await signUp(host.url);
      const child = (await refresh(host, user.refreshToken)).body;
      const grandchild = (await refresh(host, child.refreshToken)).body;
      expect((await refresh(host, user.refreshToken)).status).toBe(401);
      expect((await refresh(host, grandchild.refreshToken)).status).toBe(401);
      expect(await guarded(host, grandchild.accessToken)).toBe(401);
      expect(heard('tokens.reuse-detected')).toHaveLength(1);
    });

    it('T037 the thief who rotates first is thrown out by the owner who comes later', async () => {
      const user = await signUp(host.url);
      const thief = (await refresh(host, user.refreshToken)).body;
      const thiefNext = (await refresh(host, thief.refreshToken)).body;
      await age(user, 3600);
      expect((await refresh(host, user.refreshToken)).status).toBe(401);
      expect((await refresh(host, thiefNext.refreshToken)).status).toBe(401);
      expect(await guarded(host, thiefNext.accessToken)).toBe(401);
    });

    it('T037 one family: another sign-in of the same user lives on', async () => {
      const user = await signUp(host.url);
      const pair = (await post(host, 'token/issue', user.token)).body;
      await refresh(host, user.refreshToken);
      await age(user, 11);
      await refresh(host, user.refreshToken);
      expect((await refresh(host, pair.refreshToken)).status).toBe(200);
    });
  });

  it('T038 a repeat inside the window gets the same successor, and there is one leaf', async () => {
    const user = await signUp(host.url);
    const first = (await refresh(host, user.refreshToken)).body;
    await age(user, 8);
    const repeat = (await refresh(host, user.refreshToken)).body;
    expect(repeat.refreshToken).toBe(first.refreshToken);
    expect(repeat.accessToken).toBe(first.accessToken);
    expect(repeat.accessTokenExpiresAt).toBe(first.accessTokenExpiresAt);
    expect(await liveLeaves(host, user.id)).toBe(1);
    expect(heard('tokens.reuse-detected')).toEqual([]);
    expect((await refresh(host, repeat.refreshToken)).status).toBe(200);
  });

  it('T038 the successor is kept encrypted, and no secret is in the tables', async () => {
    const user = await signUp(host.url);
    const next = (await refresh(host, user.refreshToken)).body;
    const rows = await host.sql<{ successor: Buffer }>(`SELECT successor FROM auth_token WHERE successor IS NOT NULL`);
    const stored = Buffer.concat(rows.map((row) => row.successor)).toString('latin1');
    for (const token of [next.refreshToken, next.accessToken]) expect(stored).not.toContain(token);
  });

  it('T039 a restart changes nothing: neither a rotated token nor the repeat of one', async () => {
    const user = await signUp(host.url);
    const next = (await refresh(host, user.refreshToken)).body;
    const restarted = await createTestApp({ adapter, databaseUrl: host.databaseUrl });
    try {
      expect((await refresh(restarted, user.refreshToken)).body.refreshToken).toBe(next.refreshToken);
      await age(user, 11);
      expect((await refresh(restarted, user.refreshToken)).status).toBe(401);
      expect((await refresh(restarted, next.refreshToken)).status).toBe(401);
      await until('the first one refuses too', async () => (await guarded(host, next.accessToken)) === 401);
    } finally {
      await restarted.close();
    }
  });

  it('T040 an access token makes no new family, which would have a life of its own: 401', async () => {
    const user = await signUp(host.url);
    const issue = (bearer: string) => post(host, 'token/issue', bearer);
    const { accessToken } = (await issue(user.token)).body;
    expect(await guarded(host, accessToken)).toBe(200);
    const leaves = await liveLeaves(host, user.id);
    expect((await issue(accessToken)).status).toBe(401);
    await host.sql(`UPDATE auth_session SET expires_at = now() WHERE subject = $1`, [user.id]);
    expect((await issue(accessToken)).status).toBe(401);
    expect(await liveLeaves(host, user.id)).toBe(leaves);
    expect((await refresh(host, user.refreshToken)).status).toBe(200);
  });

  it('T040 rotation never moves the end of the family, and access tokens do not outlive it', async () => {
    const user = await signUp(host.url);
    const end = `SELECT expires_at FROM auth_token_family WHERE subject = $1`;
    await host.sql(`UPDATE auth_token_family SET expires_at = now() + interval '60 seconds' WHERE subject = $1`, [
      user.id,
    ]);
    const [before] = await host.sql<{ expires_at: Date }>(end, [user.id]);
    let token = user.refreshToken;
    for (let round = 0; round < 3; round++) {
      const { body } = await refresh(host, token);
      expect(body.refreshTokenExpiresAt).toBe(before!.expires_at.toISOString());
      expect(body.accessTokenExpiresAt).toBe(before!.expires_at.toISOString());
      expect(body.expiresIn).toBeLessThanOrEqual(60);
      token = body.refreshToken;
    }
    expect(await host.sql(end, [user.id])).toEqual([before]);
    await host.sql(`UPDATE auth_token_family SET expires_at = now() WHERE subject = $1`, [user.id]);
    expect((await refresh(host, token)).status).toBe(401);
  });

  describe('T041 one kind of secret in the place of another', () => {
    it('T041 access, session and unknown tokens are no refresh tokens; no query is made', async () => {
      const user = await signUp(host.url);
      const count = await countAcquired(host, async () => {
        for (const token of [user.accessToken, user.token, user.sessionId, 'nar_', mintToken('nak')]) {
          expect((await refresh(host, token)).status).toBe(401);
        }
      });
      expect(count).toBe(0);
      expect(await aliveThings(host, user.id)).toBe(3);
    });

    it('T041 a refresh token is no bearer token, a session id is none; no query is made', async () => {
      const user = await signUp(host.url);
      const count = await countAcquired(host, async () => {
        for (const token of [user.refreshToken, user.sessionId, mintToken('nak')]) {
          const answer = await send(`${host.url}/api/auth/list-sessions`, { bearer: token });
          expect(answer.status).toBe(401);
          expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
          expect((await send(`${host.url}/api/auth/get-session`, { bearer: token })).body).toBeNull();
        }
      });
      expect(count).toBe(0);
    });

    it('T041 an access token in the session cookie is nobody; no query is made', async () => {
      const user = await signUp(host.url);
      const count = await countAcquired(host, async () => {
        for (const token of [user.accessToken, user.refreshToken]) {
          // Even under our own signature, which only the server can make.
          const cookie = host.app.get(AuthCookies).write('session_token', token, null).split(';', 1)[0]!;
          expect((await send(`${host.url}/api/auth/get-session`, { headers: { cookie } })).body).toBeNull();
        }
      });
      expect(count).toBe(0);
    });
  });

  describe('T042 only the exact string', () => {
    const swapCase = (text: string) =>
      text.slice(0, 4) +
      text.slice(4).replace(/[a-zA-Z]/, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
    const spoilt = (token: string) => [
      token.slice(0, -1),
      token.slice(1),
      `${token}x`,
      `${token}=`,
      `${token}==`,
      `${token}.x`,
      `${token}%00`,
      `x${token}`,
      swapCase(token),
      token.toUpperCase(),
      token.replace('_', '-'),
      token.slice(0, -6) + 'AAAAAA',
      `${token.slice(0, 20)}${token.slice(21)}${token[20]}`,
    ];

    it('T042 spoilt access and session tokens are refused without a query', async () => {
      const user = await signUp(host.url);
      const count = await countAcquired(host, async () => {
        for (const token of [...spoilt(user.accessToken), ...spoilt(user.token)]) {
          expect([token, await guarded(host, token)]).toEqual([token, 401]);
        }
      });
      expect(count).toBe(0);
    });

    it('T042 spoilt refresh tokens are refused without a query; the exact one still works', async () => {
      const user = await signUp(host.url);
      const count = await countAcquired(host, async () => {
        for (const token of [...spoilt(user.refreshToken), ` ${user.refreshToken}`, `${user.refreshToken}\n`]) {
          const { status } = await refresh(host, token);
          expect([token, status]).toEqual([token, 401]);
        }
      });
      expect(count).toBe(0);
      expect((await refresh(host, user.refreshToken)).status).toBe(200);
    });

    it('T042 well-formed but unknown: one query each, and the same answer as a revoked one', async () => {
      const user = await signUp(host.url);
      await post(host, 'sign-out', user.token);
      const [unknown, revoked] = [await refresh(host, mintToken('nar')), await refresh(host, user.refreshToken)];
      expect([unknown.status, unknown.body]).toEqual([revoked.status, revoked.body]);
      const read = (bearer: string) => send(`${host.url}/api/auth/list-sessions`, { bearer });
      const [stranger, ended] = [await read(mintToken('naa')), await read(user.accessToken)];
      expect([stranger.status, stranger.body]).toEqual([ended.status, ended.body]);
      expect(await countAcquired(host, () => read(mintToken('naa')))).toBe(1);
    });
  });
});
