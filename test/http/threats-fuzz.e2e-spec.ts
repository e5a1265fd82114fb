import { AUTH, BARE_POST_ROUTES, createTarget, GET_ROUTES, POST_ROUTES, type Target } from '../support/attack.js';

const SEED = 20_261_121;
const BODIES_PER_ROUTE = 100;
const STRINGS = [
  '',
  ' ',
  'a',
  'a@b.co',
  'null',
  'undefined',
  'true',
  '0',
  '-1',
  '1e309',
  'NaN',
  '__proto__',
  'constructor',
  '\\',
  '"',
  "'; DROP TABLE auth_user; --",
  '%00',
  '%',
  '../../etc/passwd',
  '{{7*7}}',
  '\u0000',
  '\u001f',
  '\ufeff',
  '\u202e',
  'ﬁ',
  '💥',
  'é'.normalize('NFD'),
  '\ud800',
  '\ufffd',
  'https://example.com/ä.png',
  'javascript:alert(1)',
  'http://[::1',
  '//evil.example',
  'nas_',
  'naa_x',
  'nar_' + '0'.repeat(49),
  'x'.repeat(5_000),
  '00000000-0000-0000-0000-000000000000',
];
const NAMES = [
  'email',
  'password',
  'name',
  'image',
  'token',
  'refreshToken',
  'rememberMe',
  'callbackURL',
  'currentPassword',
  'newPassword',
  'revokeOtherSessions',
  'userId',
  'x',
  '',
  '__proto__',
  'a[b]',
  'toString',
];

/** Deterministic numbers in [0, 1) (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Generator {
  constructor(private readonly next: () => number) {}

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.next() * values.length)]!;
  }

  value(depth = 0): unknown {
    const roll = this.next();
    if (roll < 0.55) return this.pick(STRINGS);
    if (roll < 0.75) return this.pick([0, -1, 1.5, 2 ** 31, 9e15, 1e308, true, false, null]);
    if (depth > 3) return null;
    if (roll < 0.85) return Array.from({ length: Math.floor(this.next() * 4) }, () => this.value(depth + 1));
    return this.object(depth + 1);
  }

  object(depth = 0): Record<string, unknown> {
    const entries = Array.from({ length: Math.floor(this.next() * 6) }, () => [this.pick(NAMES), this.value(depth)]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }

  /** The good body with some fields replaced, something else altogether, or its bytes damaged. */
  body(good: Record<string, string>): Buffer {
    const roll = this.next();
    const changed: unknown =
      roll < 0.5
        ? { ...good, [this.pick(NAMES)]: this.value(), [this.pick(Object.keys(good))]: this.value() }
        : roll < 0.9
          ? this.object()
          : this.value();
    const bytes = Buffer.from(JSON.stringify(changed) ?? 'undefined');
    for (let damage = 0; this.next() < 0.25 && damage < 5; damage++) {
      if (bytes.length > 0) bytes[Math.floor(this.next() * bytes.length)] = Math.floor(this.next() * 256);
    }
    return bytes;
  }

  type(): string {
    return this.next() < 0.8
      ? 'application/json'
      : this.pick([
          'application/x-www-form-urlencoded',
          'text/plain',
          'application/json; charset=UTF-8',
          '',
          'a/b;;',
          'multipart/form-data; boundary=',
        ]);
  }

  header(): string {
    const value = Array.from({ length: Math.floor(this.next() * 30) }, () =>
      String.fromCharCode(32 + Math.floor(this.next() * 223)),
    )
      .join('')
      .replaceAll('\x7f', '');
    return `${this.pick(['Cookie', 'Authorization', 'Origin', 'Referer', 'X-Forwarded-For', 'Accept', 'Content-Encoding', 'Sec-Fetch-Site'])}: ${this.pick(['', 'Bearer ', 'better-auth.session_token=', 'http://'])}${value}`;
  }

  path(): string {
    const pieces = [
      'api',
      'auth',
      'sign-in',
      'email',
      '..',
      '.',
      '',
      '%2e',
      '%00',
      '%zz',
      ';',
      'get-session',
      'é',
      '%c3%a9',
      '?',
      '?a=%ff',
      '//',
      '\\',
      'token',
      'refresh',
    ];
    return `/api/auth/${Array.from({ length: 1 + Math.floor(this.next() * 5) }, () => this.pick(pieces)).join('/')}`;
  }
}

/** Makes most bodies fail before the password is hashed: scrypt would be all that these tests wait for. */
const CHEAP: Record<string, Record<string, string>> = {
  'sign-up/email': { password: 'short' },
  'sign-in/email': { email: 'no address' },
  'change-password': { newPassword: 'short' },
};

describe.each(['express', 'fastify'] as const)('no client input gives 5xx on %s', (adapter) => {
  let target: Target;
  beforeAll(async () => {
    target = await createTarget(adapter);
  });
  afterAll(() => target.close());

  /** Runs the attacks eight at a time. @returns those that were answered with 5xx or not at all */
  async function failures(attacks: (() => Promise<{ status: number; sent: unknown }>)[]): Promise<unknown[]> {
    const bad: unknown[] = [];
    const queue = [...attacks];
    const work = async () => {
      for (let attack = queue.shift(); attack; attack = queue.shift()) {
        const result = await attack();
        if (result.status < 200 || result.status >= 500) bad.push(result);
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    return bad;
  }

  it.each(POST_ROUTES.map(({ route, body }) => [route, body] as const))(
    `${BODIES_PER_ROUTE} bodies at %s`,
    async (route, good) => {
      const generator = new Generator(numbers(SEED + route.length));
      // Not signed in as the honest user where the account could be deleted.
      const signedIn = route !== 'delete-user';
      const attacks = Array.from({ length: BODIES_PER_ROUTE }, () => {
        const body = generator.body({ ...good, ...CHEAP[route] });
        const attack = { body, type: generator.type(), signedIn };
        return async () => ({
          status: (await target.attack('POST', `${AUTH}/${route}`, attack)).status,
          sent: body.toString('latin1'),
        });
      });
      expect(await failures(attacks)).toEqual([]);
    },
  );

  it('300 header lines at every kind of route', async () => {
    const generator = new Generator(numbers(SEED));
    const routes = [...GET_ROUTES.map((route) => ['GET', route]), ...BARE_POST_ROUTES.map((route) => ['POST', route])];
    const attacks = Array.from({ length: 300 }, () => {
      const [method = '', route = ''] = generator.pick(routes);
      const headers = [generator.header(), generator.header()];
      return async () => ({
        status: (await target.attack(method, `${AUTH}/${route}`, { headers })).status,
        sent: headers,
      });
    });
    expect(await failures(attacks)).toEqual([]);
  });

  it('300 paths below the prefix', async () => {
    const generator = new Generator(numbers(SEED + 1));
    const attacks = Array.from({ length: 300 }, () => {
      const path = generator.path();
      return async () => ({
        status: (await target.attack(generator.pick(['GET', 'POST']), path, { body: '{}' })).status,
        sent: path,
      });
    });
    expect(await failures(attacks)).toEqual([]);
  });

  it('the honest user is untouched by all of it', async () => {
    const session = await target.attack('GET', `${AUTH}/get-session`, { signedIn: true });
    expect(JSON.parse(session.body).user).toMatchObject({ id: target.user.id, email: target.user.email });
  });
});
