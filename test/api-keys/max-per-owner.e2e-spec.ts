import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import type { Answer } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('F10: how many keys one owner may have', () => {
  let host: KeyApp;
  let second: KeyApp;
  let user: SignedInUser;
  beforeAll(async () => {
    const options = { maxPerOwner: 5, configurations: [{ configId: 'other', prefix: 'ot_' }] };
    host = await createKeyApp(options);
    second = await createKeyApp(options, { databaseUrl: host.databaseUrl });
  });
  beforeEach(async () => {
    user = await signUp(host.url);
  });
  afterAll(async () => {
    await second.close();
    await host.close();
  });

  const create = (to = host, body: object = {}) => to.call(user, 'create', body);
  const told = ({ status, body }: Answer) => [status, body.code];
  const LIMIT = [403, 'KEY_LIMIT_REACHED'];
  const rows = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_api_key WHERE owner_id = $1', [user.id]))[0]!.n;

  it('20 at one moment, on two instances: exactly as many as are allowed', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => create([host, second][index % 2])));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(answers.filter(({ status }) => status !== 200).map(told)).toEqual(Array(15).fill(LIMIT));
    expect(await rows()).toBe(5);
  });

  it('revoked, deleted, expired and replaced ones make room; a kind of key has its own; others are not counted', async () => {
    const made: string[] = [];
    for (let count = 0; count < 5; count++) made.push((await create()).body.id);
    expect(told(await create())).toEqual(LIMIT);
    expect((await create(host, { configId: 'other' })).status).toBe(200);
    expect((await host.call(await signUp(host.url), 'create', {})).status).toBe(200);
    // At the limit a key can still be replaced.
    expect((await host.call(user, 'rotate', { keyId: made[0] })).status).toBe(200);
    expect(told(await create())).toEqual(LIMIT);
    await host.call(user, 'revoke', { keyId: made[1] });
    await host.call(user, 'delete', { keyId: made[2] });
    await host.sql(`UPDATE auth_api_key SET expires_at = now() WHERE id = $1`, [made[3]]);
    for (let count = 0; count < 3; count++) expect((await create()).status).toBe(200);
    expect(told(await create())).toEqual(LIMIT);
  });

  it('who makes and deletes in turn, or rotates, leaves ten times as many rows in a day and no more', async () => {
    await host.sql(
      `INSERT INTO auth_api_key (id, config_id, hash, prefix, start, owner_kind, owner_id, enabled, rate_limit_enabled, deleted_at, revoked_at)
       SELECT gen_random_uuid(), 'default', sha256(gen_random_uuid()::text::bytea), 'sk_', 'x', 'user', $1, true, true, now(), now()
       FROM generate_series(1, 48)`,
      [user.id],
    );
    const { body } = await create();
    const rotated = await host.call(user, 'rotate', { keyId: body.id });
    expect(rotated.status).toBe(200);
    expect(told(await host.call(user, 'rotate', { keyId: rotated.body.id }))).toEqual(LIMIT);
    expect(told(await create())).toEqual(LIMIT);
    expect(await rows()).toBe(50);
  });

  it('administration and host code may exceed it', async () => {
    for (let count = 0; count < 5; count++) await create();
    expect((await host.admin('', { body: { userId: user.id } })).status).toBe(200);
    await host.issue({ owner: user });
    expect(await rows()).toBe(7);
  });

  it.each([0, -1, 1.5, 100_001])('maxPerOwner %s stops the boot', async (maxPerOwner) => {
    await expect(createKeyApp({ maxPerOwner })).rejects.toThrow(/maxPerOwner/);
  });
});
