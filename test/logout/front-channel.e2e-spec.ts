import { TEST_ISSUER, type TestApp } from '../support/app.js';
import type { Answer } from '../support/http.js';
import { createLogoutHost, endSession, idTokenFor, isSignedIn, logoutClient, pressSignOut } from '../support/logout.js';
import { insertOldClient } from '../support/old-clients.js';
import { signUp, type SignedInUser } from '../support/users.js';

const CLIENTS = [
  logoutClient('shop'),
  logoutClient('framed', {
    frontchannel_logout_uri: 'https://framed.example/out?keep=1',
    frontchannel_logout_session_required: true,
  }),
  {
    ...logoutClient('plain', { frontchannel_logout_uri: 'https://plain.example:8443/out' }),
    redirectUris: ['https://plain.example:8443/callback'],
  },
];
/** In the table since before such an address was refused. */
const BROKEN = logoutClient('broken', { frontchannel_logout_uri: 'javascript:alert(1)' });
const unescape = (text: string) => text.replaceAll('&amp;', '&');
const framesOf = (answer: Answer) =>
  [...answer.text.matchAll(/<iframe\s[^>]*src="([^"]*)"/g)].map((match) => unescape(match[1]!)).sort();

describe('Front-Channel Logout', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createLogoutHost(CLIENTS);
    await insertOldClient(host, BROKEN);
  });
  beforeEach(async () => {
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('2, 3: the page has a frame for each client of the session, with iss and sid where they are required', async () => {
    const hint = await idTokenFor(host, user, 'shop');
    for (const clientId of ['plain', 'broken', 'framed', 'framed']) await idTokenFor(host, user, clientId);
    const page = await endSession(host, { id_token_hint: hint }, user.cookie);
    expect(page.status).toBe(200);
    expect(page.text).toContain('id="signed-out"');
    expect(page.text).not.toContain('http-equiv="refresh"');
    expect(framesOf(page)).toEqual([
      `https://framed.example/out?keep=1&iss=${encodeURIComponent(TEST_ISSUER)}&sid=${user.sessionId}`,
      'https://plain.example:8443/out',
    ]);
    expect(page.headers.get('content-security-policy')).toMatch(
      /; frame-src https:\/\/plain\.example:8443 https:\/\/framed\.example$/,
    );
    expect(await isSignedIn(host, user)).toBe(false);
  });

  it('2: the browser goes on from there, by itself and by a link, without script', async () => {
    const hint = await idTokenFor(host, user, 'shop');
    await idTokenFor(host, user, 'plain');
    const back = { post_logout_redirect_uri: 'https://shop.example/bye', state: 'x&"y' };
    const page = await endSession(host, { id_token_hint: hint, ...back }, user.cookie);
    const address = 'https://shop.example/bye?state=x%26%22y';
    expect([page.status, page.headers.get('location'), framesOf(page)]).toEqual([
      200,
      null,
      ['https://plain.example:8443/out'],
    ]);
    expect(page.text).toContain(`<meta http-equiv="refresh" content="0;url=${address}"`);
    expect(page.text).toContain(`<a id="continue" class="button" href="${address}"`);
    expect(page.text).not.toContain('<script');
  });

  it('3: after the confirmation as well', async () => {
    await idTokenFor(host, user, 'plain');
    const done = await pressSignOut(host, await endSession(host, {}, user.cookie), user.cookie);
    expect([done.status, framesOf(done)]).toEqual([200, ['https://plain.example:8443/out']]);
  });

  it('3: clients of other sessions are left alone', async () => {
    const other = await signUp(host.url);
    await idTokenFor(host, other, 'plain');
    const hint = await idTokenFor(host, user, 'shop');
    const page = await endSession(host, { id_token_hint: hint }, user.cookie);
    expect([page.text.includes('id="signed-out"'), framesOf(page)]).toEqual([true, []]);
    expect(
      await host.sql('SELECT client_id FROM auth_client_session WHERE session_id = $1', [other.sessionId]),
    ).toEqual([{ client_id: 'plain' }]);
  });
});
