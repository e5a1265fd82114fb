import type { TestApp } from '../support/app.js';
import { administer } from '../support/clients.js';
import { startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { allow, begin, createReadingHost, documentClient, inPath } from '../support/document-clients.js';
import { Navigator } from '../support/oauth.js';
import { sweep } from '../support/sweep.js';

describe('H8 documents that nobody uses', () => {
  let host: TestApp;
  let site: DocumentHost;
  beforeAll(async () => {
    site = await startDocumentHost();
    host = await createReadingHost();
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  const known = async () =>
    (await host.sql<{ client_id: string }>('SELECT client_id FROM auth_oauth_client ORDER BY 1')).map(
      (row) => new URL(row.client_id).pathname,
    );

  it('are swept when they are too old to be believed; those that users have allowed something, and disabled ones, stay', async () => {
    for (const path of ['/unused.json', '/young.json', '/blocked.json'])
      await begin(host, documentClient(site.put(path)), {}, new Navigator(host));
    const allowed = await begin(host, documentClient(site.put('/allowed.json')));
    await allow(allowed.browser, allowed.page);
    await administer(host, 'POST', `oauth-clients/${inPath(site.at('/blocked.json'))}/disable`, {});
    await host.sql(
      `UPDATE auth_client_document SET good_until = now() - interval '2 days' WHERE client_id NOT LIKE '%/young.json'`,
    );
    await host.sql(
      `INSERT INTO auth_client_document (client_id, claimed_until) VALUES ('https://dead.example/x', now() - interval '1 hour')`,
    );
    const swept = await sweep(host);
    expect([swept['auth_oauth_client'], swept['auth_client_document']]).toEqual([1, 1]);
    expect(await known()).toEqual(['/allowed.json', '/blocked.json', '/young.json']);
    expect(await host.sql('SELECT client_id FROM auth_client_document')).toHaveLength(3);
    // It comes back as if it had never been there.
    const again = await begin(host, documentClient(site.at('/unused.json')), {}, new Navigator(host));
    expect(again.page.status).toBe(302);
  });
});
