import { decodeProtectedHeader } from 'jose';
import { SigningKeys } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { ageKeys, readKeys, statesOf } from '../support/keys.js';
import { sweep } from '../support/sweep.js';
import { signUp, type SignedInUser } from '../support/users.js';

const ADMIN = { guard: { canActivate: () => true } };
const LEAD_SECONDS = 360;
const TOKEN_SECONDS = 900;
const MARGIN_SECONDS = 120;

const kidsOf = async (host: TestApp): Promise<string[]> =>
  (await send(`${host.url}/api/auth/jwks`)).body.keys.map((key: { kid: string }) => key.kid);

describe('the life of a signing key', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      auth: {
        administration: ADMIN,
        jwt: { maxExpiresIn: TOKEN_SECONDS, jwksMaxAge: '5m', keyRotation: { enabled: true, interval: '7d' } },
      },
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const signedBy = async () => {
    const { token } = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body;
    return decodeProtectedHeader(token).kid;
  };

  it('400 for an algorithm that there is not; one that nobody uses has no key to replace', async () => {
    const rotate = (algorithm: string) => send(`${host.url}/api/auth/admin/keys/rotate`, { body: { algorithm } });
    expect((await rotate('none')).status).toBe(400);
    expect(statesOf((await rotate('RS256')).body.keys)).toEqual(['current']);
  });

  it('T051 next: published at once, signs after one life of a copy; then current, and the old one retired until its tokens are gone', async () => {
    const first = await signedBy();
    const rotated = await send(`${host.url}/api/auth/admin/keys/rotate`, { body: {} });
    expect(rotated.status).toBe(200);
    expect(statesOf(rotated.body.keys)).toEqual(['current', 'next']);
    const second = rotated.body.keys[1].kid;
    expect(
      Date.parse(rotated.body.keys[1].activeFrom) - Date.parse(rotated.body.keys[1].createdAt),
    ).toBeGreaterThanOrEqual(300_000);
    expect(await kidsOf(host)).toEqual([first, second]);
    expect(await signedBy()).toBe(first);

    await ageKeys(host, LEAD_SECONDS - 5);
    await readKeys(host);
    expect(await signedBy()).toBe(first);

    await ageKeys(host, 6);
    expect(statesOf(await readKeys(host))).toEqual(['retired', 'current']);
    expect(await signedBy()).toBe(second);
    expect(await kidsOf(host)).toEqual([first, second]);

    await ageKeys(host, TOKEN_SECONDS + MARGIN_SECONDS - 5);
    await readKeys(host);
    expect(await kidsOf(host)).toEqual([first, second]);
    await ageKeys(host, 10);
    await readKeys(host);
    expect(await kidsOf(host)).toEqual([second]);
  });

  it('T051 the sweeper destroys the private half of a retired key and keeps its name', async () => {
    await sweep(host);
    const rows = await host.sql<{ gone: boolean }>(
      'SELECT private_key IS NULL AS gone FROM auth_signing_key ORDER BY active_from',
    );
    expect(rows.map(({ gone }) => gone)).toEqual([true, false]);
    expect(await signedBy()).toBeDefined();
  });

  it('T051 by schedule: the next key is made one lead before the current one has served its interval', async () => {
    const [current] = await readKeys(host);
    const ageSeconds = (Date.now() - current!.activeFrom!.getTime()) / 1000;
    await ageKeys(host, Math.floor(7 * 86_400 - ageSeconds - LEAD_SECONDS - 60));
    expect(statesOf(await readKeys(host))).toEqual(['current']);
    await ageKeys(host, 45);
    const keys = await readKeys(host);
    expect(statesOf(keys)).toEqual(['current', 'next']);
    const due = keys[0]!.activeFrom!.getTime() + 7 * 86_400_000;
    expect(Math.abs(keys[1]!.activeFrom!.getTime() - due)).toBeLessThan(1_000);
    await ageKeys(host, LEAD_SECONDS + 20);
    expect(statesOf(await readKeys(host))).toEqual(['retired', 'current']);
  });

  it('200 GET /admin/keys lists states and times, nothing secret', async () => {
    const answer = await send(`${host.url}/api/auth/admin/keys`);
    expect(answer.body.keys.map((key: object) => Object.keys(key).toSorted())).toEqual(
      answer.body.keys.map(() => ['activeFrom', 'algorithm', 'createdAt', 'kid', 'publishedUntil', 'state']),
    );
  });

  it('a withdrawn key is out of the key set at once; cached tokens it signed end with it', async () => {
    const { token } = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body;
    const kid = decodeProtectedHeader(token).kid!;
    expect(await host.app.get(SigningKeys).revoke(kid)).toBe(true);
    expect(await kidsOf(host)).not.toContain(kid);
    expect(await signedBy()).not.toBe(kid);
    expect(await host.app.get(SigningKeys).revoke(kid)).toBe(false);
  });

  it('T051 without the rows of a minute ago it signs nothing, and says that its key set is not to be kept', async () => {
    // What a process does whose database is away: nothing is read, and time goes by.
    const { live } = host.app.get(SigningKeys) as unknown as { live: { readAt: number } };
    await host.sql('ALTER TABLE auth_signing_key RENAME TO auth_signing_key_away');
    live.readAt -= 61_000;
    const token = await send(`${host.url}/api/auth/token`, { bearer: user.token });
    expect([token.status, token.headers.get('retry-after')]).toEqual([503, '2']);
    const set = await send(`${host.url}/api/auth/jwks`);
    expect([set.status, set.headers.get('cache-control')]).toEqual([200, 'public, no-cache']);
    await host.sql('ALTER TABLE auth_signing_key_away RENAME TO auth_signing_key');
    expect((await send(`${host.url}/api/auth/token`, { bearer: user.token })).status).toBe(200);
  });
});

describe('a change of algorithm', () => {
  it('T051 the first key of a new algorithm waits like any other; the old algorithm signs until then', async () => {
    const database = await createTestDatabase();
    const before = await createTestApp({ databaseUrl: database.url, auth: { jwt: { algorithm: 'ES256' } } });
    const user = await signUp(before.url);
    const after = await createTestApp({
      databaseUrl: database.url,
      auth: { jwt: { algorithm: 'EdDSA', maxExpiresIn: '2d' } },
    });
    // Told of the retirement below, a process that still wants the old algorithm would make a key of it.
    await before.close();
    const algorithmOf = async () => {
      const { token } = (await send(`${after.url}/api/auth/token`, { bearer: user.token })).body;
      return decodeProtectedHeader(token).alg;
    };
    expect(await algorithmOf()).toBe('ES256');
    expect((await readKeys(after)).map(({ algorithm, state }) => [algorithm, state])).toEqual([
      ['ES256', 'current'],
      ['EdDSA', 'next'],
    ]);
    // Longer-lived tokens were announced: retired keys will be kept for them.
    const [row] = await after.sql<{ longest: number }>(
      'SELECT min(longest_token_seconds) AS longest FROM auth_signing_key',
    );
    expect(row!.longest).toBe(172_800);
    await ageKeys(after, LEAD_SECONDS);
    await readKeys(after);
    expect(await algorithmOf()).toBe('EdDSA');
    // The old algorithm's key signs no more, and goes when its last token has expired.
    expect((await readKeys(after)).map(({ algorithm, state }) => [algorithm, state])).toEqual([
      ['ES256', 'retired'],
      ['EdDSA', 'current'],
    ]);
    await ageKeys(after, 172_800 + MARGIN_SECONDS + 1);
    expect((await readKeys(after)).map(({ algorithm }) => algorithm)).toEqual(['EdDSA']);
    await after.close();
    await database.drop();
  });
});
