import { ADAPTERS } from '../support/adapter.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { DEMO_CREDENTIALS, startDemo, type DemoProcess } from '../support/demo.js';
import { send } from '../support/http.js';

describe.each(ADAPTERS)('the demo on %s', (adapter) => {
  let database: TestDatabase;
  let demo: DemoProcess;
  beforeAll(async () => {
    database = await createTestDatabase();
    demo = await startDemo(database.url, { AUTH_HTTP_ADAPTER: adapter, AUTH_ADMIN_TOKEN: 'let me in' });
    await demo.ready();
  });
  afterAll(async () => {
    if (demo.child.exitCode === null) await demo.end('SIGKILL');
    await database.drop();
  });

  it('is on that one', async () => {
    const { headers } = await send(`${demo.url}/ping`);
    expect(headers.get('x-powered-by')).toBe(adapter === 'express' ? 'Express' : null);
  });

  it('shows /docs with the files that the page names, and the document of all routes', async () => {
    const page = await send(`${demo.url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
    expect(files.length).toBeGreaterThan(3);
    for (const file of [...files, 'docs/oauth2-redirect.html'])
      expect([file, (await send(new URL(file, `${demo.url}/docs`).href)).status]).toEqual([file, 200]);
    const { body } = await send(`${demo.url}/docs-json`);
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/whoami', '/api/auth/oauth2/token', '/api/auth/device/code']),
    );
  });

  it('signs its user in, guards its routes, and opens administration to its token', async () => {
    const { body } = await send(`${demo.url}/api/auth/sign-in/email`, { body: DEMO_CREDENTIALS });
    const who = await send(`${demo.url}/whoami`, { bearer: body.accessToken });
    expect([who.status, who.body.subjectId]).toEqual([200, body.user.id]);
    const refused = await send(`${demo.url}/whoami`);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
    const clients = (bearer: string) => send(`${demo.url}/api/auth/admin/oauth-clients`, { bearer });
    expect([(await clients('let me in')).status, (await clients('let me')).status]).toEqual([200, 401]);
  });

  it('serves its pages and what it publishes', async () => {
    for (const path of ['/api/auth/sign-in', '/device', '/.well-known/openid-configuration', '/health'])
      expect([path, (await send(demo.url + path)).status]).toEqual([path, 200]);
  });

  it('T119 tells the last reply of a connection, also one from before the routes', async () => {
    const ending = demo.end('SIGTERM');
    // Readiness goes off a second before the server closes.
    for (;;) {
      const { status, headers } = await send(`${demo.url}/ready`);
      if (status === 503) {
        expect(headers.get('connection')).toBe('close');
        break;
      }
    }
    expect((await send(`${demo.url}/docs/swagger-ui.css`)).headers.get('connection')).toBe('close');
    expect(await ending).toBe(0);
  });
});
