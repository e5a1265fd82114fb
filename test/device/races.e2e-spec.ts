import { createHash, randomBytes } from 'node:crypto';
import { createDeviceHost, type DeviceHost } from '../support/device.js';
import { send, type Answer } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const POLLS = 60;
const LIVE_CODES = 10_000;
const GUESSES = 20_000;
const GUESSERS = 20;
/** Fewer than the pool has connections: the guesses should meet the limits, and not one another. */
const AT_ONCE = 16;
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';

const count = (answers: readonly Answer[], error: string) => answers.filter(({ body }) => body?.error === error).length;

describe.each([
  ['tokens of the provider', false],
  ['sessions', true],
])('races of the device flow for %s', (_name, alone) => {
  let host: DeviceHost;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createDeviceHost({}, { alone, poolSize: 20 });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const issued = async () => {
    const [row] = await host.sql<{ count: number }>(
      alone
        ? 'SELECT count(*)::int AS count FROM auth_session'
        : `SELECT count(*)::int AS count FROM auth_token_family WHERE source = 'device_code'`,
    );
    return row!.count;
  };

  it(`T103 ${POLLS} polls at the moment of approval: one token`, async () => {
    for (let round = 0; round < 3; round++) {
      const { body: codes } = await host.ask();
      await host.open(codes.user_code, user);
      const before = await issued();
      const [, ...answers] = await Promise.all([
        host.decide('approve', codes.user_code, user),
        ...Array.from({ length: POLLS }, () => host.poll(codes.device_code)),
      ]);
      const late = await host.pollInTime(codes.device_code);
      const tokens = [...answers, late].filter(({ status }) => status === 200);
      expect(tokens).toHaveLength(1);
      expect(await issued()).toBe(before + 1);
      expect([...answers, late].every(({ status }) => status === 200 || status === 400)).toBe(true);
    }
  });

  it(`T103 ${POLLS} polls that are all in time: one token`, async () => {
    // As if the interval were nothing, so that every poll reaches the approved row.
    await host.sql(`CREATE OR REPLACE FUNCTION in_time() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN NEW.next_poll_at := now() - interval '1 minute'; NEW.polled_early := false; RETURN NEW; END $$`);
    await host.sql(
      'CREATE TRIGGER in_time BEFORE UPDATE ON auth_device_authorization FOR EACH ROW EXECUTE FUNCTION in_time()',
    );
    const codes = await host.approved(user);
    const before = await issued();
    const answers = await Promise.all(Array.from({ length: POLLS }, () => host.poll(codes.device_code)));
    await host.sql('DROP TRIGGER in_time ON auth_device_authorization');
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(count(answers, 'invalid_grant')).toBe(POLLS - 1);
    expect(await issued()).toBe(before + 1);
  });

  it('approve against deny: one outcome', async () => {
    for (let round = 0; round < 5; round++) {
      const { body: codes } = await host.ask();
      await host.open(codes.user_code, user);
      const decisions = Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? ('approve' as const) : ('deny' as const),
      );
      const answers = await Promise.all(decisions.map((one) => host.decide(one, codes.user_code, user)));
      const winners = decisions.filter((_, index) => answers[index]!.status === 200);
      expect(winners).toHaveLength(1);
      expect(count(answers, 'invalid_request')).toBe(decisions.length - 1);
      const outcome = await host.pollInTime(codes.device_code);
      expect(winners[0] === 'approve' ? outcome.status : outcome.body.error).toBe(
        winners[0] === 'approve' ? 200 : 'access_denied',
      );
    }
  });

  it('two users open one code at once: one of them owns it', async () => {
    const other = await signUp(host.url);
    for (let round = 0; round < 5; round++) {
      const { body: codes } = await host.ask();
      const callers = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? user : other));
      const answers = await Promise.all(callers.map((one) => host.open(codes.user_code, one)));
      const owners = new Set(callers.filter((_, index) => answers[index]!.body.client_id !== undefined));
      expect(owners.size).toBe(1);
    }
  });
});

describe('T099 against many live codes', () => {
  let host: DeviceHost;
  beforeAll(async () => {
    host = await createDeviceHost(
      {},
      { adapter: 'fastify', poolSize: 20, auth: { rateLimits: true, trustProxy: ['loopback'] } },
    );
  });
  afterAll(() => host.close());

  it(`${LIVE_CODES} live codes, ${GUESSES} wrong guesses: no approval`, async () => {
    await host.sql(
      `INSERT INTO auth_device_authorization (id, device_code_hash, user_code_hash, client_id, gives, poll_interval_seconds, expires_at)
       SELECT gen_random_uuid(), sha256(('device ' || n)::bytea), sha256(('user ' || n)::bytea), 'tv', 'tokens', 5, now() + interval '15 minutes'
       FROM generate_series(1, $1) AS n`,
      [LIVE_CODES],
    );
    const guessers = await manyUsers(host);
    let next = 0;
    const statuses = new Map<number, number>();
    const guessOn = async () => {
      while (next < GUESSES) {
        const index = next++;
        const token = guessers[index % guessers.length]!;
        let { status } = await guess(host, token, index);
        // A server that cannot keep up says so, and has let nobody in: the guess is made again, a few times.
        for (let again = 0; again < 5 && status === 503; again++) ({ status } = await guess(host, token, index));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, guessOn));
    expect([...statuses.keys()].sort()).toEqual([404, 429]);
    // Every session had its five, and no more, although there were more addresses than they could use.
    expect(statuses.get(404)).toBeLessThanOrEqual(GUESSERS * 5);
    expect(
      await host.sql(`SELECT FROM auth_device_authorization WHERE status <> 'pending' OR subject IS NOT NULL`),
    ).toEqual([]);
  }, 400_000);
});

/** Sessions by SQL: sign-up has limits of its own. @returns their tokens */
async function manyUsers(host: DeviceHost): Promise<string[]> {
  const { mintToken } = await import('../../src/common/tokens/token-format.js');
  const tokens: string[] = [];
  for (let index = 0; index < GUESSERS; index++) {
    const token = mintToken('nas');
    const subject = `guesser-${index}`;
    await host.sql('INSERT INTO auth_subject (subject) VALUES ($1)', [subject]);
    await host.sql(
      `INSERT INTO auth_session (id, token_hash, subject, expires_at) VALUES (gen_random_uuid(), $1, $2, now() + interval '1 day')`,
      [createHash('sha256').update(token).digest(), subject],
    );
    tokens.push(token);
  }
  return tokens;
}

function guess(host: DeviceHost, token: string, index: number): Promise<Answer> {
  const code = [...randomBytes(8)].map((byte) => ALPHABET[byte % 20]).join('');
  const headers = { 'x-forwarded-for': `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}` };
  if (index % 3 === 0) return send(`${host.url}/api/auth/device?user_code=${code}`, { bearer: token, headers });
  const route = index % 3 === 1 ? 'approve' : 'deny';
  return send(`${host.url}/api/auth/device/${route}`, { bearer: token, headers, body: { userCode: code } });
}
