import { createTestApp, type Adapter, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { Navigator, authorizeQuery, pkce, providerOptions, WEB } from '../support/oauth.js';

const ISSUER = 'http://localhost:3000/tenant';

/** What the proxy of such an issuer does. */
const inside = (address: string | undefined) => {
  expect(address).toMatch(/^\/tenant\//);
  return address!.slice('/tenant'.length);
};

describe.each<Adapter>(['express', 'fastify'])('RFC 8414 2 an issuer with a path, behind a proxy, on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter, auth: providerOptions({}, { issuer: ISSUER, device: true }) });
  });
  afterAll(() => host.close());

  it('every page leads on to where browsers find the next one', async () => {
    const browser = new Navigator(host, 'http://localhost:3000');
    const asked = await browser.get(
      `/api/auth/oauth2/authorize?${authorizeQuery(WEB, { code_challenge: pkce().challenge })}`,
    );
    const signIn = await browser.get(inside(asked.location));
    expect(signIn.text).toContain('action="/tenant/api/auth/sign-in"');
    const next = new URL(`${ISSUER}${inside(asked.location)}`).searchParams.get('continue')!;
    await browser.signUp();
    const question = await browser.get(inside((await browser.get(inside(next))).location));
    const action = /<form[^>]* action="([^"]+)"/.exec(question.text)?.[1];
    expect(action).toBe('/tenant/api/auth/oauth2/consent/answer');
  });

  it('so does the account page, and the page of the device flow', async () => {
    const account = await send(`${host.url}/api/auth/account`);
    expect(account.headers.get('location')).toBe('/tenant/api/auth/sign-in?continue=%2Ftenant%2Fapi%2Fauth%2Faccount');
    const device = await send(`${host.url}/device`, { body: new URLSearchParams({ user_code: '' }) });
    expect(device.headers.get('location')).toBe('/tenant/api/auth/sign-in?continue=%2Ftenant%2Fdevice');
  });
});
