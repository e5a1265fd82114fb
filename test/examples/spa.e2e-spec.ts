import type { Page } from 'playwright-core';
import { describeInChromium } from '../support/chromium.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startExample, type ExampleProcess } from '../support/example.js';
import { send } from '../support/http.js';

let database: TestDatabase;
let example: ExampleProcess;
beforeAll(async () => {
  database = await createTestDatabase();
  example = await startExample('spa', { env: { DATABASE_URL: database.url } });
});
afterAll(async () => {
  await example?.stop();
  await database?.drop();
});

describe('examples/spa', () => {
  it('200 of the page and of what it loads', async () => {
    for (const path of ['/', '/app.js', '/oidc-client-ts.min.js', '/.well-known/openid-configuration'])
      expect([path, (await send(`${example.url}${path}`)).status]).toEqual([path, 200]);
  });

  it('302 to the sign-in for the public client with PKCE, 302 back without, 401 of the API without a token', async () => {
    const authorize = (more: Record<string, string>) => {
      const fixed = { client_id: 'spa', response_type: 'code', scope: 'openid', redirect_uri: `${example.url}/` };
      const query = new URLSearchParams({ ...fixed, ...more }).toString();
      return send(`${example.url}/api/auth/oauth2/authorize?${query}`, { headers: { accept: 'text/html' } });
    };
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
    const begun = await authorize({ code_challenge: challenge, code_challenge_method: 'S256' });
    expect([begun.status, begun.headers.get('location')]).toEqual([302, expect.stringContaining('sign-in')]);
    const refused = await authorize({});
    expect(refused.headers.get('location')).toContain('error=invalid_request');
    expect((await send(`${example.url}/reports`)).status).toBe(401);
  });
});

describeInChromium('examples/spa in a browser', (browser) => {
  const answer = (page: Page) => page.locator('#answer');

  it('signs in, calls the API, refreshes its tokens, and signs out', async () => {
    const page = await browser().newPage();
    page.setDefaultTimeout(20_000);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(example.url);
    await page.click('#sign-in');
    await page.fill('#email', 'ann@example.com');
    await page.fill('#password', 'correct horse battery staple');
    await page.press('#password', 'Enter');
    await page.locator('#state', { hasText: 'Signed in as Ann' }).waitFor();
    expect(page.url()).toBe(`${example.url}/`);

    await page.click('#call');
    await answer(page).filter({ hasText: '200 Reports of Ann' }).waitFor();
    await page.click('#refresh');
    await answer(page).filter({ hasText: 'A new token' }).waitFor();
    await page.click('#call');
    await answer(page).filter({ hasText: '200 Reports of Ann' }).waitFor();

    await page.click('#sign-out');
    await page.locator('#state', { hasText: 'Signed out' }).waitFor();
    await page.click('#sign-in'); // the session has ended too, so it asks again
    await page.locator('#password').waitFor();
    expect(faults).toEqual([]);
    await page.close();
  });
});
