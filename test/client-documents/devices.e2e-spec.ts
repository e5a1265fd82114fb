import type { TestApp } from '../support/app.js';
import { DOCUMENT, startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { createReadingHost, makeStale } from '../support/document-clients.js';
import { send } from '../support/http.js';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

describe('H17 devices of clients that publish their metadata', () => {
  let host: TestApp;
  let site: DocumentHost;
  const asked: string[] = [];
  beforeAll(async () => {
    site = await startDocumentHost();
    const validateClient = (id: string) => asked.push(id) > 0;
    host = await createReadingHost({}, {}, { cacheTtl: 0, device: { validateClient } });
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  const ask = (id: string) =>
    send(`${host.url}/api/auth/device/code`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: id, scope: 'openid' }).toString(),
    });

  it('H17 the document is read; one that does not name the grant may not use it', async () => {
    const id = site.put('/tv.json', { ...DOCUMENT, grant_types: ['authorization_code', DEVICE_CODE] });
    const answer = await ask(id);
    expect([answer.status, typeof answer.body.user_code]).toEqual([200, 'string']);
    const [row] = await host.sql<{ gives: string }>(
      'SELECT gives FROM auth_device_authorization WHERE client_id = $1',
      [id],
    );
    expect(row).toEqual({ gives: 'tokens' });
    const other = await ask(site.put('/web.json'));
    expect([other.status, other.body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('H17 an address is never a client of the host alone, which would get a session, whatever validateClient says', async () => {
    asked.length = 0;
    const missing = await ask(site.at('/missing.json'));
    expect([missing.status, missing.body.error]).toEqual([401, 'invalid_client']);
    expect(asked).toEqual([]);
  });

  it('H9 a dead host: no device is connected anew', async () => {
    const id = site.put('/dead-tv.json', { ...DOCUMENT, grant_types: ['authorization_code', DEVICE_CODE] });
    expect((await ask(id)).status).toBe(200);
    await makeStale(host, id);
    site.answer('/dead-tv.json', { status: 503 });
    const answer = await ask(id);
    expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  });
});
