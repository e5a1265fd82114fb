import { Controller, Get } from '@nestjs/common';
import { ApiKeyAuth, AuthContext, AuthEvents, BearerAuth, SessionsService } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Looks at the credential of its request again and again, as host code does. */
@Controller('host')
class TwiceController {
  constructor(
    private readonly context: AuthContext,
    private readonly sessions: SessionsService,
  ) {}

  @Get('twice')
  @ApiKeyAuth()
  @BearerAuth()
  async look() {
    const { headers } = AuthContext.requestContext!;
    await this.sessions.getSession({ headers: new Headers(Object.entries(headers as Record<string, string>)) });
    return { name: (await this.context.current())?.apiKey?.name };
  }
}

describe('limits and quotas', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  const events: { name: string; event: any }[] = [];
  beforeAll(async () => {
    host = await createKeyApp({
      configurations: [
        { configId: 'limited', prefix: 'lim_', rateLimit: { window: 60 * 1000, max: 3 } },
        { configId: 'alias', prefix: 'alias_', rateLimit: { enabled: true, timeWindow: 60_000, maxRequests: 2 } },
        { configId: 'metered', prefix: 'met_', quota: { remaining: 2, refillAmount: 5, refillInterval: 3_600_000 } },
      ],
    });
    host.app.get(AuthEvents).onAny(({ name, event }) => void events.push({ name, event }));
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  const statuses = async (key: string, count: number) => {
    const all: number[] = [];
    for (let request = 0; request < count; request++) all.push((await host.use(key)).status);
    return all;
  };
  const age = (id: string, column: string, seconds: number) =>
    host.sql(`UPDATE auth_api_key SET ${column} = ${column} - $2 * interval '1 second' WHERE id = $1`, [id, seconds]);

  it('200 a key has no limit unless configuration or administration gives one', async () => {
    const { key, rateLimitEnabled, remaining } = await host.issue({ owner: ada });
    expect([rateLimitEnabled, remaining]).toEqual([false, null]);
    expect(await statuses(key, 30)).toEqual(Array.from({ length: 30 }, () => 200));
  });

  it('T023 429 RATE_LIMITED with Retry-After and the state of the limit', async () => {
    const made = await host.call(ada, 'create', { configId: 'limited' });
    expect(made.body).toMatchObject({ rateLimitEnabled: true, rateLimitMax: 3, rateLimitTimeWindow: 60_000 });
    expect(await statuses(made.body.key, 4)).toEqual([200, 200, 200, 429]);
    const answer = await host.use(made.body.key);
    expect(answer.body).toMatchObject({
      code: 'RATE_LIMITED',
      statusCode: 429,
      details: { tryAgainIn: expect.any(Number) },
    });
    const seconds = Number(answer.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(answer.headers.get('ratelimit')).toBe(`"key";r=0;t=${seconds}`);
    expect(answer.headers.get('ratelimit-policy')).toBe('"key";q=3;w=60');
    expect(answer.headers.get('x-ratelimit-limit')).toBe('3');
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(answer.headers.get('x-retry-after')).toBe(String(seconds));
    expect(events.at(-1)).toMatchObject({ name: 'api-key.limited', event: { keyId: made.body.id, limit: 'rate' } });
  });

  it('T024 the window is fixed: it begins with its first request, refused ones do not move it, and it ends', async () => {
    const { id, key } = await host.issue({ owner: ada, configId: 'limited' });
    expect(await statuses(key, 4)).toEqual([200, 200, 200, 429]);
    await age(id, 'window_started_at', 59);
    expect(await statuses(key, 2)).toEqual([429, 429]);
    await age(id, 'window_started_at', 1);
    expect(await statuses(key, 4)).toEqual([200, 200, 200, 429]);
  });

  it("200 better-auth's names of the option work", async () => {
    const { key } = await host.issue({ owner: ada, configId: 'alias' });
    expect(await statuses(key, 3)).toEqual([200, 200, 429]);
  });

  it("200 a key's own limit wins over the configuration's, and rateLimitEnabled: false lifts it", async () => {
    const own = await host.issue({ owner: ada, configId: 'limited', rateLimitMax: 1 });
    expect(await statuses(own.key, 2)).toEqual([200, 429]);
    const free = await host.issue({ owner: ada, configId: 'limited', rateLimitEnabled: false });
    expect(free.rateLimitEnabled).toBe(false);
    expect(await statuses(free.key, 5)).toEqual([200, 200, 200, 200, 200]);
  });

  it('200 the default is read when the key is used: a change of configuration reaches existing keys', async () => {
    const { id, key } = await host.issue({ owner: ada, configId: 'limited' });
    const other = await createKeyApp(
      { configurations: [{ configId: 'limited', prefix: 'lim_', rateLimit: { window: 60_000, max: 1 } }] },
      { databaseUrl: host.databaseUrl },
    );
    try {
      expect([(await other.use(key)).status, (await other.use(key)).status]).toEqual([200, 429]);
      expect(await host.sql('SELECT rate_limit_max FROM auth_api_key WHERE id = $1', [id])).toEqual([
        { rate_limit_max: null },
      ]);
    } finally {
      await other.close();
    }
  });

  it('T023 429 USAGE_EXCEEDED is told apart, with Retry-After only where a refill is coming', async () => {
    const plain = await host.issue({ owner: ada, remaining: 1 });
    expect(await statuses(plain.key, 2)).toEqual([200, 429]);
    const answer = await host.use(plain.key);
    expect(answer.body.code).toBe('USAGE_EXCEEDED');
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(events.at(-1)).toMatchObject({ name: 'api-key.limited', event: { limit: 'quota' } });
    const refilled = await host.issue({ owner: ada, configId: 'metered' });
    expect(await statuses(refilled.key, 3)).toEqual([200, 200, 429]);
    expect(Number((await host.use(refilled.key)).headers.get('retry-after'))).toBeGreaterThan(3_500);
  });

  it('T024 refills after whole intervals, up to the amount, without adding up missed ones or drifting', async () => {
    const { id, key } = await host.issue({ owner: ada, configId: 'metered' });
    expect(await statuses(key, 3)).toEqual([200, 200, 429]);
    await age(id, 'last_refill_at', 3_599);
    expect(await statuses(key, 1)).toEqual([429]);
    await age(id, 'last_refill_at', 3 * 3_600);
    expect(await statuses(key, 6)).toEqual([200, 200, 200, 200, 200, 429]);
    const [row] = await host.sql<{ seconds: number }>(
      'SELECT extract(epoch FROM now() - last_refill_at)::float8 AS seconds FROM auth_api_key WHERE id = $1',
      [id],
    );
    // 3 whole intervals are accounted for; the one under way keeps its beginning.
    expect(row!.seconds).toBeGreaterThan(3_598);
  });

  it('T024 a balance above the refill amount is not lowered by a refill', async () => {
    const { id, key } = await host.issue({ owner: ada, remaining: 100, refillAmount: 10, refillInterval: 1_000 });
    await age(id, 'last_refill_at', 3_600);
    await host.use(key);
    expect((await host.keys.get(id)).remaining).toBe(99);
  });

  it('T022 one request is counted once, however often its key is looked at', async () => {
    const other = await createKeyApp(
      { enableSessionForAPIKeys: true },
      { controllers: [TwiceController], databaseUrl: host.databaseUrl },
    );
    try {
      const { id, key } = await other.issue({ owner: ada, name: 'once', remaining: 10 });
      expect((await other.use(key, 'twice')).body).toEqual({ name: 'once' });
      expect(await other.keys.get(id)).toMatchObject({ remaining: 9, requestCount: 1 });
    } finally {
      await other.close();
    }
  });

  it('T021 a request that is refused for another reason spends nothing', async () => {
    const { id, key } = await host.issue({ owner: ada, remaining: 5 });
    expect((await host.use(key, 'reports')).status).toBe(403);
    expect((await host.use(key, 'scoped')).status).toBe(403);
    expect(await host.keys.get(id)).toMatchObject({ remaining: 5, requestCount: 0 });
  });

  it('T023 429, not null and not 401, at GET /get-session', async () => {
    const { key } = await host.issue({ owner: ada, remaining: 0 });
    const answer = await send(`${host.url}/api/auth/get-session`, { headers: { 'x-api-key': key } });
    expect([answer.status, answer.body.code]).toEqual([429, 'USAGE_EXCEEDED']);
  });
});
