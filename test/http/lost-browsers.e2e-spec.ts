import type { INestApplication } from '@nestjs/common';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';
import { TEST_PASSWORD } from '../support/users.js';

describe.each(['express', 'fastify'] as const)('F37 browsers at addresses that there are not, on %s', (adapter) => {
  describe.each<[string, string, (app: INestApplication) => unknown]>([
    ['our prefix', '/api/auth', () => undefined],
    ['a global prefix of the host', '/v1/api/auth', (app) => app.setGlobalPrefix('v1')],
  ])('below %s', (_, base, configure) => {
    let host: TestApp;
    beforeAll(async () => {
      const auth = providerOptions({}, { device: { enabled: false } });
      host = await createTestApp({ adapter, configure, auth });
    });
    afterAll(() => host.close());

    it('404 a page with a way on for a browser, JSON for a program', async () => {
      for (const path of ['/nothing', '/account/nothing', '/oauth2/nothing', '/administration', '/account;x', '/']) {
        const page = await visit(host, new Browser(), base + path);
        expectPage(page, 404);
        expect(textOf(page, 'error')).toMatch(/mistyped/);
        expect(page.text).toContain(`id="account" href="${base}/account"`);
        for (const accept of ['', 'application/json', '*/*']) {
          const answer = await send(host.url + base + path, { headers: { accept } });
          expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
            path,
            404,
            expect.stringMatching(/^application\/json/),
          ]);
        }
      }
    });

    it('404 and 405 a page for a navigation to an address that has only other methods', async () => {
      for (const [path, status] of [
        ['/oauth2/token', 405],
        ['/sign-in/email', 404],
        ['/account/password', 404],
      ] as const) {
        expectPage(await visit(host, new Browser(), base + path), status);
        const answer = await send(host.url + base + path);
        expect([answer.status, typeof answer.body]).toEqual([status, 'object']);
      }
      expectPage(await sendForm(host, new Browser(), `${base}/account`, {}), 404);
      expect((await visit(host, new Browser(), `${base}/oauth2/token`)).headers.get('allow')).toBe('POST');
    });

    it('404 of a route that is there stays what its route says, also for a browser', async () => {
      const browser = new Browser();
      const fields = { name: 'Ada', email: 'ada@example.com', password: TEST_PASSWORD };
      expect((await sendForm(host, browser, `${base}/sign-up`, fields)).status).toBe(303);
      const page = await visit(host, browser, `${base}/oauth2/public-client?client_id=nobody`);
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
    });

    it('404 at addresses of the host is what the host says', async () => {
      for (const path of ['/nothing', '/v1/nothing'])
        expect(textOf(await visit(host, new Browser(), path), 'error')).toBeNull();
    });
  });
});
