import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { buildExample, type BuiltExample, type ExampleProcess } from '../support/example.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { basic } from '../support/oauth.js';
import { signUp } from '../support/users.js';

describe('examples/downstream-service', () => {
  let database: TestDatabase;
  let built: BuiltExample;
  let example: ExampleProcess;
  let service: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    const port = await freePort();
    service = `http://localhost:${port}`;
    [database, built] = await Promise.all([createTestDatabase(), buildExample('downstream-service')]);
    environment = { DATABASE_URL: database.url, SERVICE_PORT: String(port) };
    example = await built.start(environment);
  });
  afterAll(async () => {
    await example?.stop();
    await built?.remove();
    await database?.drop();
  });

  async function tokenOf(form: Record<string, string>): Promise<string> {
    const answer = await send(`${example.url}/api/auth/oauth2/token`, {
      headers: basic('nightly', 'a secret for development only'),
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
    return answer.body.access_token;
  }

  it('200 with a token for the service', async () => {
    const bearer = await tokenOf({ scope: 'reports:read', resource: service });
    const answer = await send(service, { bearer });
    expect([answer.status, answer.body]).toEqual([200, { reports: [], for: 'nightly' }]);
  });

  it('401 with a bare challenge without a token', async () => {
    const answer = await send(service);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, `Bearer realm="${service}"`]);
  });

  it('401 invalid_token with a token for the issuer, one of a session, and one that was changed', async () => {
    const good = await tokenOf({ scope: 'reports:read', resource: service });
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody' })).toString('base64url');
    const { token } = await signUp(example.url);
    const ofSession = (await send(`${example.url}/api/auth/token`, { bearer: token })).body.token;
    expect(ofSession).toMatch(/^ey/);
    for (const bearer of [await tokenOf({ scope: 'reports:read' }), ofSession, `${header}.${forged}.${signature}`]) {
      const answer = await send(service, { bearer });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('error="invalid_token"'),
      ]);
    }
  });

  it('403 insufficient_scope with a token that has another', async () => {
    const answer = await send(service, { bearer: await tokenOf({ scope: 'reports:write', resource: service }) });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      `Bearer realm="${service}", error="insufficient_scope", scope="reports:read"`,
    ]);
  });

  it('starts again on the same database, with the secret that it has made', async () => {
    const before = await tokenOf({ scope: 'reports:read', resource: service });
    await example.stop();
    example = await built.start({ ...environment, PORT: new URL(example.url).port });
    expect((await send(service, { bearer: before })).status).toBe(200);
  });
});
