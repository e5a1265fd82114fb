import { createLocalJWKSet, jwtVerify } from 'jose';
import { SigningKeys } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { ageKeys, statesOf } from '../support/keys.js';
import { signUp, type SignedInUser } from '../support/users.js';

const STEP_SECONDS = 30;
const TOKEN_SECONDS = 900;
/** A little more than the lead, so that every rotation begins as soon as the one before is over. */
const ROTATE_EVERY_SECONDS = 600;
const ROTATIONS = 10;

interface Issued {
  readonly token: string;
  readonly at: number;
}

/** Keeps its copy of the key set exactly as long as the headers allow, and never asks sooner, whatever it sees. Time is simulated. */
class StrictVerifier {
  failures = 0;
  private keys: ReturnType<typeof createLocalJWKSet> | undefined;
  private freshUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly url: string,
    /** Simulated start, so that copies grow old at different moments. */
    private readonly from: number,
    /** Keeps the copy so many times longer than allowed. */
    private readonly disobedience = 1,
  ) {}

  async verify(now: number, tokens: readonly Issued[]): Promise<void> {
    if (now < this.from) return;
    if (now >= this.freshUntil) {
      const answer = await send(`${this.url}/api/auth/.well-known/jwks.json`);
      const maxAge = Number(/max-age=(\d+)/.exec(answer.headers.get('cache-control')!)![1]);
      this.keys = createLocalJWKSet(answer.body);
      this.freshUntil = now + maxAge * this.disobedience;
    }
    // Tokens carry real times, of which next to nothing passes: what is tested is whether their keys can be found.
    const results = await Promise.allSettled(
      tokens.map(({ token }) => jwtVerify(token, this.keys!, { issuer: TEST_ISSUER, audience: TEST_ISSUER })),
    );
    this.failures += results.filter(({ status }) => status === 'rejected').length;
  }
}

describe('OIDC Core 10.1.1 a key set that rotates without anyone noticing', () => {
  let database: TestDatabase;
  let hosts: TestApp[];
  let user: SignedInUser;

  beforeAll(async () => {
    database = await createTestDatabase();
    hosts = [];
    for (let index = 0; index < 2; index++) {
      hosts.push(
        await createTestApp({
          databaseUrl: database.url,
          auth: {
            // Without notifications: a process hears of a key by reading the table, as late as it may.
            cacheTtl: 0,
            jwt: { expiresIn: TOKEN_SECONDS, maxExpiresIn: TOKEN_SECONDS, jwksMaxAge: '5m' },
          },
        }),
      );
    }
    user = await signUp(hosts[0]!.url);
  });
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()));
    await database.drop();
  });

  const keysOf = (host: TestApp) => host.app.get(SigningKeys);
  const issue = async (host: TestApp, at: number): Promise<Issued> => {
    const answer = await send(`${host.url}/api/auth/token`, { bearer: user.token });
    expect(answer.status).toBe(200);
    return { token: answer.body.token, at };
  };

  it('T051 tokens of two processes, all through ten rotations, before verifiers that cache strictly: failed verifications 0', async () => {
    const [prompt, late] = hosts as [TestApp, TestApp];
    const verifiers = [0, 90, 180, 270].map((from, index) => new StrictVerifier(hosts[index % 2]!.url, from));
    const careless = new StrictVerifier(prompt.url, 0, 4);
    const kids = new Set<string>();
    let tokens: Issued[] = [];
    const end = ROTATIONS * ROTATE_EVERY_SECONDS + TOKEN_SECONDS;
    for (let now = 0; now <= end; now += STEP_SECONDS) {
      if (now % ROTATE_EVERY_SECONDS === 0 && now < end - TOKEN_SECONDS) {
        await keysOf(hosts[(now / ROTATE_EVERY_SECONDS) % 2]!).rotate();
      }
      tokens.push(...(await Promise.all(hosts.map((host) => issue(host, now)))));
      tokens = tokens.filter(({ at }) => now - at < TOKEN_SECONDS);
      // Every token when it is new, when it is about to expire, and in between.
      const shown = tokens.filter(({ at }) => (now - at) % 150 === 0 || now - at >= TOKEN_SECONDS - STEP_SECONDS);
      for (const verifier of [...verifiers, careless]) await verifier.verify(now, shown);
      for (const { token } of tokens.slice(-2))
        kids.add(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid);
      await ageKeys(prompt, STEP_SECONDS);
      await keysOf(prompt).refresh();
      // The other one lives half a minute in the past.
      if (now % (2 * STEP_SECONDS) === 0) await keysOf(late).refresh();
    }
    expect(verifiers.map(({ failures }) => failures)).toEqual(verifiers.map(() => 0));
    expect(kids.size).toBe(ROTATIONS + 1);
    // The simulation can fail: whoever keeps a copy longer than they may misses keys.
    expect(careless.failures).toBeGreaterThan(0);
    // What nobody needs any more has left the key set.
    expect(statesOf(await keysOf(prompt).list())).toEqual(['current']);
  });
});
