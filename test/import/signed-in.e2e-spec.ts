import { createAuthClient } from 'better-auth/client';
import { apiKeyClient } from '@better-auth/api-key/client';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { AuthOptions, OAuthProviderOptions } from '../../src/index.js';
import { HostController } from '../support/api-keys.js';
import { createTestApp, TEST_ISSUER, TEST_SECRET, testOptions, type TestApp } from '../support/app.js';
import type { LooseClient } from '../support/better-auth-clients.js';
import { importRun, movedOf, type ImportRun } from '../support/better-auth-import.js';
import {
  authorizeThere,
  createClientThere,
  signUpThere,
  startBetterAuth,
  tokenOf,
  type BetterAuthServer,
  type OldClient,
  type OldUser,
} from '../support/better-auth-server.js';
import { Browser } from '../support/browser.js';
import type { TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { createMigratedDatabase } from '../support/migrated-database.js';

const PASSWORD = 'correct horse battery staple';
const PROVIDER: OAuthProviderOptions = {
  scopes: ['openid', 'profile', 'email', 'offline_access', 'reports:read'],
};

/** Everything is made by the API of a real better-auth 1.7.25 on its own tables; then its database is imported, and it is gone. */
describe('after the import of a better-auth 1.7.25 nobody is signed out', () => {
  let host: TestApp;
  let database: TestDatabase;
  let run: ImportRun;
  let ada: OldUser;
  let phone: string;
  let key: { id: string; key: string };
  let client: OldClient;
  let app: OldClient;
  let tokens: { refresh_token: string; access_token: string };
  let appTokens: { refresh_token: string };

  const clientOf = (browser: Browser) =>
    createAuthClient({
      baseURL: host.url,
      plugins: [apiKeyClient()],
      fetchOptions: { customFetchImpl: browser.fetch },
    }) as unknown as LooseClient;
  const useKey = () => send(`${host.url}/host/reports`, { headers: { 'x-api-key': key.key } });

  beforeAll(async () => {
    const old = await startBetterAuth();
    database = await createMigratedDatabase();
    try {
      await fill(old);
      run = await importRun(old.databaseUrl, database.url);
    } finally {
      await old.close();
    }
    host = await createTestApp({
      databaseUrl: database.url,
      controllers: [HostController],
      auth: testOptions({
        ...optionsOfGuide(),
        issuer: `${TEST_ISSUER}/api/auth`,
        secret: TEST_SECRET,
        oauthProvider: PROVIDER,
      }),
    });
  });
  afterAll(async () => {
    await host?.close();
    await database?.drop();
  });

  async function fill(old: BetterAuthServer): Promise<void> {
    ada = await signUpThere(old, 'ada@example.com', PASSWORD);
    const signedIn = await send(`${old.url}/api/auth/sign-in/email`, {
      body: { email: ada.email, password: PASSWORD },
    });
    phone = signedIn.body.token;
    key = await old.api['createApiKey']!({
      body: {
        ...{ userId: ada.id, name: 'CI', permissions: { reports: ['read'] }, metadata: { team: 'data' } },
        ...{ remaining: 4, rateLimitMax: 3, rateLimitTimeWindow: 3_600_000, rateLimitEnabled: true },
      },
    });
    expect((await old.api['verifyApiKey']!({ body: { key: key.key } })).valid).toBe(true);
    client = await createClientThere(old, ada);
    tokens = await authorizeThere(old, ada, client);
    app = await createClientThere(old, ada, { token_endpoint_auth_method: 'none', application_type: 'native' });
    appTokens = await authorizeThere(old, ada, app);
  }

  it('each row is counted, and none is skipped', () => {
    expect([run.exitCode, run.report.skipped, run.report.notMoved]).toEqual([0, [], expect.anything()]);
    expect(movedOf(run.report)).toEqual({
      users: '1 moved',
      sessions: '2 moved',
      'API keys': '1 moved',
      'OAuth clients': '2 moved',
      consents: '2 moved',
      'refresh tokens': '2 moved',
    });
  });

  it('200 get-session with the old cookie, by the unmodified client', async () => {
    const { data } = await clientOf(ada.browser)['getSession']!();
    expect(data.user).toMatchObject({ id: ada.id, email: ada.email, name: 'Ada', emailVerified: false });
  });

  it('200 get-session with the old session token as bearer', async () => {
    const answer = await send(`${host.url}/api/auth/get-session`, { bearer: phone });
    expect(answer.body.user.id).toBe(ada.id);
  });

  it('200 the password signs in, and its hash is replaced by ours', async () => {
    const [before] = await host.sql<{ hash: string }>('SELECT password_hash AS hash FROM auth_user');
    const { data } = await clientOf(new Browser())['signIn']!['email']!({ email: ada.email, password: PASSWORD });
    expect(data.user.id).toBe(ada.id);
    const [after] = await host.sql<{ hash: string }>('SELECT password_hash AS hash FROM auth_user');
    expect([before!.hash.includes(':'), after!.hash.startsWith('$scrypt$')]).toEqual([true, true]);
  });

  it('401 a wrong password', async () => {
    const body = { email: ada.email, password: 'not this one' };
    expect((await send(`${host.url}/api/auth/sign-in/email`, { body })).status).toBe(401);
  });

  it('200, then 429: the key works with its permissions, and counts on from what it had spent', async () => {
    // Three an hour, of which one was spent there.
    expect([(await useKey()).status, (await useKey()).status, (await useKey()).status]).toEqual([200, 200, 429]);
    const { data } = await clientOf(ada.browser)['apiKey']!['list']!();
    expect(data.apiKeys).toMatchObject([
      { name: 'CI', metadata: { team: 'data' }, permissions: { reports: ['read'] }, prefix: 'old_', rateLimitMax: 3 },
    ]);
    expect(data.apiKeys[0].remaining).toBe(1);
  });

  it('400 unauthorized_client or invalid_grant, never 401: the client proves itself by its old secret', async () => {
    const answer = await tokenOf(`${host.url}/api/auth`, client, { grant_type: 'refresh_token', refresh_token: 'x' });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    const wrong = await tokenOf(`${host.url}/api/auth`, { ...client, secret: 'x' }, { grant_type: 'refresh_token' });
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
  });

  it('RFC 6749 6: the old refresh token is rotated once, with its scopes, for both clients', async () => {
    const granted = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
    const answer = await tokenOf(`${host.url}/api/auth`, client, granted);
    expect([answer.status, answer.body.scope]).toEqual([200, 'openid offline_access reports:read']);
    const userinfo = await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: answer.body.access_token });
    expect(userinfo.body.sub).toBe(ada.id);
    const next = { grant_type: 'refresh_token', refresh_token: answer.body.refresh_token };
    expect((await tokenOf(`${host.url}/api/auth`, client, next)).status).toBe(200);
    expect((await tokenOf(`${host.url}/api/auth`, client, granted)).body.error).toBe('invalid_grant');
    const ofApp = { grant_type: 'refresh_token', refresh_token: appTokens.refresh_token };
    expect((await tokenOf(`${host.url}/api/auth`, client, ofApp)).body.error).toBe('invalid_grant');
    expect((await tokenOf(`${host.url}/api/auth`, app, ofApp)).status).toBe(200);
  });

  it('RFC 7009 2.1: an old refresh token can be revoked, RFC 7662 2: and asked about', async () => {
    const proof = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
    const ask = (path: string) =>
      send(`${host.url}/api/auth/oauth2/${path}`, {
        body: new URLSearchParams({ token: tokens.refresh_token }),
        headers: { authorization: `Basic ${proof}`, 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await ask('introspect')).body.active).toBe(false);
    expect((await ask('revoke')).status).toBe(200);
  });

  it('302 the consent is remembered: no page for what was granted', async () => {
    const query = new URLSearchParams({
      ...{ response_type: 'code', client_id: client.id, redirect_uri: 'https://client.example/callback' },
      ...{ scope: 'openid reports:read', state: 's', code_challenge_method: 'S256' },
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    });
    const answer = await ada.browser.fetch(`${host.url}/api/auth/oauth2/authorize?${query}`, {
      headers: { accept: 'text/html' },
    });
    expect(answer.headers.get('location')).toMatch(/^https:\/\/client\.example\/callback\?code=/);
  });

  it('the statement of the guide counts what came from there and is still good', async () => {
    expect(await host.sql(blockOfGuide('sql'))).toEqual([{ keys: '1', sessions: '2' }]);
  });

  it('200 sign-out with the old cookie ends the session for good', async () => {
    await clientOf(ada.browser)['signOut']!();
    const rows = await host.sql('SELECT 1 FROM auth_session WHERE subject = $1', [ada.id]);
    // Of the phone, and of the sign-in by password above.
    expect(rows).toHaveLength(2);
  });
});

/** The only block of code in this language. */
function blockOfGuide(language: 'ts' | 'sql'): string {
  const guide = readFileSync('docs/guides/from-better-auth.md', 'utf8');
  const [block, ...others] = guide.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\`$`, 'gms'));
  if (!block || others.length > 0) throw new Error(`not one block in ${language}`);
  return block[1]!;
}

/** The options that the guide gives to `AuthModule.forRoot`. */
function optionsOfGuide(): AuthOptions {
  const code = ts.transpile(blockOfGuide('ts')).replace(/^AuthModule/m, 'return AuthModule');
  const given = new Function('AuthModule', 'process', code);
  return given({ forRoot: (options: AuthOptions) => options }, process) as AuthOptions;
}
