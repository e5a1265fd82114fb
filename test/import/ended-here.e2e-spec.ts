import { ConsentsService } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import { importRun, movedOf } from '../support/better-auth-import.js';
import {
  authorizeThere,
  createClientThere,
  post,
  signUpThere,
  startBetterAuth,
  tokenOf,
  type BetterAuthServer,
} from '../support/better-auth-server.js';
import { commandLine } from '../support/command-line.js';

const PASSWORD = 'correct horse battery staple';

/** The old server still serves beside ours, and makes new credentials for what has ended here. */
describe('import better-auth: what has ended here does not come back by what is new there', () => {
  let old: BetterAuthServer;
  let host: TestApp;

  const run = () => importRun(old.databaseUrl, host.databaseUrl);

  beforeAll(async () => {
    [old, host] = await Promise.all([
      startBetterAuth(),
      createTestApp({ auth: { jwt: true, apiKeys: true, oauthProvider: { scopes: ['openid', 'offline_access'] } } }),
    ]);
  });
  afterAll(() => Promise.all([old.close(), host.close()]));

  it('a client that its user has disconnected gets no refresh token, however often it refreshes there', async () => {
    const ada = await signUpThere(old, 'ada@example.com', PASSWORD);
    const client = await createClientThere(old, ada);
    const { refresh_token } = await authorizeThere(old, ada, client);
    expect((await run()).report.kinds['refresh tokens'].moved).toBe(1);
    expect(await host.app.get(ConsentsService).withdraw(ada.id, client.id)).toBe(true);
    const refreshed = await tokenOf(`${old.url}/api/auth`, client, { grant_type: 'refresh_token', refresh_token });
    expect(refreshed.status).toBe(200);
    const { moved, left } = (await run()).report.kinds['refresh tokens'];
    expect({ moved, left }).toMatchObject({
      moved: 0,
      left: { 'its user has disconnected the client here, or narrowed what it may do': 1 },
    });
    expect(await host.sql('SELECT 1 FROM auth_token_family WHERE revoked_at IS NULL')).toEqual([]);
  });

  it('a refresh token that was given for an organisation, as its consent, is left', async () => {
    const cara = await signUpThere(old, 'cara@example.com', PASSWORD);
    await authorizeThere(old, cara, await createClientThere(old, cara));
    await old.sql(`UPDATE "oauthRefreshToken" SET "referenceId" = 'acme' WHERE "userId" = $1`, [cara.id]);
    await old.sql(`UPDATE "oauthConsent" SET "referenceId" = 'acme' WHERE "userId" = $1`, [cara.id]);
    const { report } = await run();
    const left = { 'it was given for an organisation': 1 };
    expect([report.kinds.consents.left, report.kinds['refresh tokens'].left]).toMatchObject([left, left]);
    expect(await host.sql('SELECT 1 FROM auth_token_family WHERE subject = $1', [cara.id])).toEqual([]);
  });

  it('a user who was forgotten here, so long ago that nothing is left of them, gets nothing', async () => {
    const ben = await signUpThere(old, 'ben@example.com', PASSWORD);
    await run();
    const line = commandLine({ DATABASE_URL: host.databaseUrl, AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET });
    expect((await line.run('users', 'forget', ben.id, '--yes')).code).toBe(0);
    line.remove();
    // As servers do a day and the life of a token later.
    await host.sql('DELETE FROM auth_subject WHERE subject = $1 AND forgotten_at IS NOT NULL', [ben.id]);
    await post(ben.browser, old, '/update-user', { name: 'Benjamin' });
    await post(ben.browser, old, '/sign-in/email', { email: ben.email, password: PASSWORD });
    const { report } = await run();
    expect(movedOf(report)).toEqual({});
    expect(report.kinds.users.left).toEqual({ 'the user is disabled, or was deleted here': 1 });
    expect(await host.sql('SELECT 1 FROM auth_subject WHERE subject = $1', [ben.id])).toEqual([]);
  });
});
