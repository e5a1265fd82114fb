import type { IncomingMessage } from 'node:http';
import { createTestApp, type Adapter, type TestApp } from '../support/app.js';
import { TEST_CLIENTS } from '../support/client-tokens.js';
import { send } from '../support/http.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

const TENANT = 'https://tenant-of-the-function.example';
const EXTENSION = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';

describe.each<Adapter>(['express', 'fastify'])('F28: trustedOrigins on %s', (adapter) => {
  const asked: { origin: string; header: string | undefined }[] = [];
  let answer: (origin: string) => boolean | Promise<boolean>;
  let host: TestApp;
  let email: string;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      configure: (app) => app.enableCors({ origin: true, credentials: true }),
      auth: {
        trustedOrigins: [
          'https://*.example.com',
          'myapp://',
          EXTENSION,
          (origin: string, request: IncomingMessage) => {
            asked.push({ origin, header: String(request.headers['x-tenant'] ?? '') || undefined });
            return answer(origin);
          },
        ],
        jwt: {},
        oauthProvider: { clients: TEST_CLIENTS },
      },
    });
    ({ email } = await signUp(host.url));
  });
  afterAll(() => host.close());
  beforeEach(() => {
    asked.length = 0;
    answer = (origin) => origin === TENANT;
  });

  const signIn = (headers: Record<string, string>, callbackURL?: string) =>
    send(`${host.url}/api/auth/sign-in/email`, {
      body: { email, password: TEST_PASSWORD, ...(callbackURL !== undefined && { callbackURL }) },
      headers,
    });

  it.each(['https://one.example.com', EXTENSION, 'myapp://', TENANT])('200 from %s', async (origin) => {
    expect((await signIn({ origin })).status).toBe(200);
  });

  it.each([
    'https://example.com',
    'https://a.b.example.com',
    'https://malicious.com?.example.com',
    'https://malicious.com\\.example.com',
    'https://user@one.example.com',
    'https://one.example.com:444',
    'https://one.example.com.',
    'chrome-extension://other',
    'other://',
  ])('403 from %s', async (origin) => {
    const refused = await signIn({ origin });
    expect([refused.status, refused.body.code, refused.body.message]).toEqual([
      403,
      'INVALID_ORIGIN',
      'Invalid origin',
    ]);
    expect(refused.headers.getSetCookie()).toEqual([]);
  });

  it.each([
    'https://one.example.com/cb?x=1',
    'myapp://callback?x=1',
    'myapp:/callback',
    `${EXTENSION}/cb.html`,
    `${TENANT}/`,
  ])('200 with the callback address %s', async (callbackURL) => {
    const signedIn = await signIn({}, callbackURL);
    expect([signedIn.status, signedIn.body.redirect, signedIn.body.url]).toEqual([200, true, callbackURL]);
    expect(signedIn.headers.get('location')).toBe(callbackURL);
  });

  it.each([
    'https://a.b.example.com/',
    'https://malicious.com?.example.com',
    'https://one.example.com@malicious.com/',
    'https:one.example.com',
    'other://callback',
    'myapp://user@callback',
    'javascript://one.example.com/%0aalert(1)',
    'intent://one.example.com#Intent;end',
  ])('F45: 403 INVALID_CALLBACK_URL for the callback address %s', async (callbackURL) => {
    const refused = await signIn({}, callbackURL);
    expect([refused.status, refused.body.code, refused.body.message]).toEqual([
      403,
      'INVALID_CALLBACK_URL',
      'Invalid callbackURL',
    ]);
    expect(refused.headers.getSetCookie()).toEqual([]);
  });

  it('a function is asked once for each origin of a request, with the request, and not for what a text names', async () => {
    answer = async (origin) => {
      await new Promise((resolve) => setImmediate(resolve));
      return origin === TENANT;
    };
    expect((await signIn({ origin: TENANT, 'x-tenant': 'one' }, `${TENANT}/home`)).status).toBe(200);
    expect(asked).toEqual([{ origin: TENANT, header: 'one' }]);
    await signIn({ origin: 'https://one.example.com' }, 'myapp://callback');
    expect(asked).toHaveLength(1);
    await signIn({ origin: TENANT });
    expect(asked).toHaveLength(2);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['answers a list, as functions of better-auth do', () => [TENANT]],
    ['answers 1', () => Promise.resolve(1)],
    ['answers nothing', () => undefined],
  ])('403 when the function %s', async (_fault, faulty) => {
    answer = faulty as typeof answer;
    expect((await signIn({ origin: TENANT })).body.code).toBe('INVALID_ORIGIN');
    expect((await signIn({}, `${TENANT}/`)).body.code).toBe('INVALID_CALLBACK_URL');
  });

  it.each(['https://one.example.com', TENANT])(
    'CORS of client routes lets %s send credentials, a stranger not',
    async (origin) => {
      const url = `${host.url}/api/auth/oauth2/userinfo`;
      for (const [asker, allowed] of [
        [origin, origin],
        ['https://a.b.example.com', null],
      ] as const) {
        const { headers } = await send(url, { headers: { origin: asker } });
        expect(headers.get('access-control-allow-origin')).toBe(allowed);
        expect(headers.get('access-control-allow-credentials')).toBe(allowed && 'true');
      }
      expect(asked.filter((one) => one.origin === origin).length).toBeLessThanOrEqual(1);
    },
  );

  it('the sign-in page takes the same addresses', async () => {
    for (const [target, status] of [
      ['myapp://callback', 200],
      [`${TENANT}/`, 200],
      ['other://callback', 403],
    ] as const) {
      const shown = await send(`${host.url}/api/auth/sign-in?continue=${encodeURIComponent(target)}`);
      expect([target, shown.status]).toEqual([target, status]);
    }
  });
});

describe('F28: trustedOrigins as a function alone', () => {
  it('is the whole list', async () => {
    const host = await createTestApp({ auth: { trustedOrigins: (origin) => origin === TENANT } });
    const attempt = (origin: string) =>
      send(`${host.url}/api/auth/sign-out`, { body: {}, headers: { origin, cookie: 'a=b' } });
    expect((await attempt(TENANT)).status).toBe(200);
    expect((await attempt('https://one.example.com')).status).toBe(403);
    await host.close();
  });
});
