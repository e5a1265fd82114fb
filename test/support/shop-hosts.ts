import type { INestApplication } from '@nestjs/common';
import { createTestApp, type Adapter, type TestApp, type TestAppOptions } from './app.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { send } from './http.js';
import { signUp, TEST_PASSWORD, type SignedInUser } from './users.js';
import { CustomAuthController, ShopController } from './shop.js';

export type Configure = (app: INestApplication) => void;

/** Hosts of one suite: started one after the other on one database, with one user. Call it inside `describe`. */
export function hosts(adapter: Adapter) {
  let host: TestApp | undefined;
  let database: TestDatabase;
  /** Signed up once: all applications of this suite share the database and the secret. */
  let known: SignedInUser | undefined;
  const userAt = async (url: string) => (known ??= await signUp(url));
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  async function start(configure: Configure, options: Partial<TestAppOptions> = {}): Promise<TestApp> {
    host = await createTestApp({
      adapter,
      databaseUrl: database.url,
      controllers: [ShopController, CustomAuthController],
      configure,
      ...options,
    });
    return host;
  }

  /** A route of ours with a body, a guarded route of the host, and our error replies, below `prefix`. */
  async function expectOurWire(url: string, prefix = ''): Promise<void> {
    const user = await userAt(`${url}${prefix}`);
    const updated = await send(`${url}${prefix}/api/auth/update-user`, { body: { name: ' Ada ' }, bearer: user.token });
    expect([updated.status, updated.body]).toEqual([200, { status: true }]);
    const guarded = await send(`${url}${prefix}/shop/guarded`, { bearer: user.accessToken });
    expect(guarded.body).toEqual({ subject: user.id });
    const bad = await send(`${url}${prefix}/shop/guarded`, { bearer: 'garbage' });
    expect([bad.status, bad.body.error]).toEqual([401, 'invalid_token']);
    expect(bad.headers.get('www-authenticate')).toContain('Bearer realm="localhost:3000", error="invalid_token"');
    const invalid = await send(`${url}${prefix}/api/auth/sign-in/email`, { body: { email: 5 } });
    expect([invalid.status, invalid.body.code]).toEqual([400, 'VALIDATION_ERROR']);
    const refused = await send(`${url}${prefix}/api/auth/sign-up/email`, {
      body: { email: 'x@example.com', password: TEST_PASSWORD, name: 'X', emailVerified: true },
    });
    expect([refused.status, refused.body.code]).toEqual([400, 'SERVER_ONLY_PROPERTY']);
    const malformed = await send(`${url}${prefix}/api/auth/sign-in/email`, {
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([malformed.status, malformed.body.message]).toEqual([400, 'Invalid JSON in request body']);
    const nowhere = await send(`${url}${prefix}/api/auth/nowhere`);
    expect([nowhere.status, nowhere.body]).toEqual([404, { code: 'NOT_FOUND', message: 'Not found', statusCode: 404 }]);
  }
  return { start, userAt, expectOurWire };
}
