import { Controller, Get } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { ApiKeyAuth, AuthCaches, BearerAuth, SessionAuth } from '../../src/index.js';
import { mintToken } from '../../src/common/tokens/token-format.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { askHeap } from '../support/heap.js';
import { signUp } from '../support/users.js';

@Controller('memory')
class MemoryController {
  @Get('bearer')
  @BearerAuth()
  bearer() {}
  @Get('key')
  @ApiKeyAuth()
  key() {}
  @Get('session')
  @SessionAuth()
  session() {}
}

/** In a round. */
const TOKENS = 200;

interface Bad {
  readonly method?: 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const random = () => randomBytes(16).toString('base64url');
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = () =>
  `${part({ alg: 'ES256', kid: random(), typ: 'JWT' })}.${part({ sub: random(), exp: 4e9 })}.${randomBytes(64).toString('base64url')}`;
const KINDS: readonly (readonly [string, () => Bad])[] = [
  ['access tokens', () => ({ path: '/memory/bearer', headers: { authorization: `Bearer ${mintToken('naa')}` } })],
  ['JWTs', () => ({ path: '/memory/bearer', headers: { authorization: `Bearer ${jwt()}` } })],
  ['API keys', () => ({ path: '/memory/key', headers: { 'x-api-key': mintToken('key') } })],
  [
    'session cookies',
    () => ({ path: '/memory/session', headers: { cookie: `better-auth.session_token=${random()}.${random()}` } }),
  ],
  [
    'unknown clients',
    () => ({
      method: 'POST',
      path: '/api/auth/oauth2/token',
      headers: {
        authorization: `Basic ${btoa(`${random()}:${random()}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    }),
  ],
];

describe('memory: bad credentials of which no two are the same', () => {
  let host: TestApp;
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });

  beforeAll(async () => {
    const auth = { apiKeys: { prefix: 'key_' }, jwt: true, oauthProvider: {}, clientCredentials: true };
    host = await createTestApp({ auth, controllers: [MemoryController] });
  });
  afterAll(async () => {
    agent.destroy();
    await host.close();
  });

  const send = ({ method, path, headers, body }: Bad) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(host.url + path, { method, headers, agent }, (response) =>
        response.resume().on('end', () => resolve(response.statusCode!)),
      );
      sent.on('error', reject).end(body);
    });

  /** @returns the answers, by their status */
  async function round(make: () => Bad): Promise<Record<number, number>> {
    const answers: Record<number, number> = {};
    for (let count = 0; count < TOKENS; count += 50)
      for (const status of await Promise.all(Array.from({ length: 50 }, () => send(make()))))
        answers[status] = (answers[status] ?? 0) + 1;
    return answers;
  }

  /** Of all maps and sets that can still be reached; a cache is made of them. */
  async function entriesHeld(): Promise<number> {
    // Until the replies have left the connections.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const counts = ['Map', 'Set'].map((kind) =>
      askHeap<number>(
        `${kind}.prototype`,
        `function () {
          const sizeOf = (one) => { try { return one.size; } catch { return 0; } };
          return Array.from(this).reduce((sum, one) => sum + sizeOf(one), 0);
        }`,
      ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  it('none of them leaves anything in memory', async () => {
    for (const [, make] of KINDS) await round(make);
    const before = await entriesHeld();
    for (const [name, make] of KINDS) {
      const { 401: refused = 0, 429: limited = 0 } = await round(make);
      expect([name, refused + limited]).toEqual([name, TOKENS]);
    }
    const after = await entriesHeld();
    expect(after - before).toBeLessThan(TOKENS / 2);
    const kept = new Map(Array.from({ length: TOKENS }, () => [mintToken('naa'), true]));
    expect((await entriesHeld()) - after).toBeGreaterThan(TOKENS / 2);
    expect(kept.size).toBe(TOKENS);
  }, 180_000);

  it('hit rates can be read: what memory has answered, and what it had to ask', async () => {
    const statistics = () =>
      host.app
        .get(AuthCaches)
        .statistics()
        .find(({ name }) => name === 'credentials')!;
    const user = await signUp(host.url);
    const before = statistics();
    for (let count = 0; count < 4; count++)
      await send({ path: '/memory/bearer', headers: { authorization: `Bearer ${user.accessToken}` } });
    await send(KINDS[0]![1]());
    const { entries, maxEntries, hits, misses } = statistics();
    expect([hits - before.hits, misses - before.misses]).toEqual([3, 2]);
    expect(entries).toBeGreaterThan(0);
    expect(maxEntries).toBe(10_000);
  });
});
