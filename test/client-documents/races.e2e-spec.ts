import type { TestApp } from '../support/app.js';
import { DOCUMENT, startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { begin, createReadingHost, documentClient, makeStale } from '../support/document-clients.js';
import { Navigator } from '../support/oauth.js';

describe('documents on two nodes', () => {
  let one: TestApp;
  let two: TestApp;
  let site: DocumentHost;
  beforeAll(async () => {
    site = await startDocumentHost();
    one = await createReadingHost({}, {}, { cacheTtl: 0 });
    two = await createReadingHost({}, {}, { databaseUrl: one.databaseUrl, cacheTtl: 0 });
  });
  afterAll(async () => {
    await two.close();
    await one.close();
    await site.close();
  });

  const reads = (path: string) => site.seen.filter((seen) => seen === path).length;
  /** Publishes it at a host that takes its time. */
  function putSlowly(path: string, milliseconds = 400): string {
    const id = site.at(path);
    site.answer(path, (_, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ client_id: id, ...DOCUMENT }));
      }, milliseconds);
    });
    return id;
  }
  const askOften = (id: string, times = 10) =>
    Promise.all(
      Array.from({ length: times }, (_, index) => {
        const host = index % 2 === 0 ? one : two;
        return begin(host, documentClient(id), {}, new Navigator(host));
      }),
    );

  it('H8 H11 many requests for a new client on two nodes are one fetch, one client', async () => {
    const id = putSlowly('/new.json');
    const pages = await askOften(id, 20);
    expect(pages.map(({ page }) => page.status)).toEqual(pages.map(() => 302));
    expect(reads('/new.json')).toBe(1);
    expect(await one.sql('SELECT client_id FROM auth_oauth_client WHERE client_id = $1', [id])).toHaveLength(1);
  });

  it('H8 H11 and so are many for one that has to be read again', async () => {
    const id = putSlowly('/again.json');
    await askOften(id, 2);
    await makeStale(one, id);
    const pages = await askOften(id, 20);
    expect(pages.map(({ page }) => page.status)).toEqual(pages.map(() => 302));
    expect(reads('/again.json')).toBe(2);
  });

  it('H8 a process that has died while it read: another takes over when its claim has run out', async () => {
    const id = site.put('/died.json');
    await one.sql(
      `INSERT INTO auth_client_document (client_id, claimed_until) VALUES ($1, now() + interval '1 second')`,
      [id],
    );
    const begun = performance.now();
    const pages = await askOften(id, 4);
    expect(pages.map(({ page }) => page.status)).toEqual([302, 302, 302, 302]);
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(reads('/died.json')).toBe(1);
  });

  it('H8 maxClients holds for all nodes: of two new clients at once one is taken', async () => {
    const bound = { maxClients: 1 };
    const first = await createReadingHost(bound);
    const second = await createReadingHost(bound, {}, { databaseUrl: first.databaseUrl });
    try {
      const ids = ['/a.json', '/b.json', '/c.json', '/d.json'].map((path) => putSlowly(path, 100));
      const pages = await Promise.all(
        ids.map((id, index) => {
          const host = index % 2 === 0 ? first : second;
          return begin(host, documentClient(id), {}, new Navigator(host));
        }),
      );
      expect(pages.map(({ page }) => page.status).toSorted()).toEqual([302, 400, 400, 400]);
      expect(await first.sql('SELECT client_id FROM auth_client_document')).toHaveLength(1);
      // The one that nobody has used for an hour makes room; one that users have allowed something does not.
      await first.sql(`UPDATE auth_client_document SET fetched_at = now() - interval '2 hours'`);
      const next = await begin(first, documentClient(putSlowly('/e.json', 1)), {}, new Navigator(first));
      expect(next.page.status).toBe(302);
      await first.sql(`UPDATE auth_client_document SET fetched_at = now() - interval '2 hours'`);
      await first.sql(
        `INSERT INTO auth_consent (id, subject, client_id, scopes) SELECT gen_random_uuid(), 'u', client_id, '{}' FROM auth_client_document`,
      );
      const last = await begin(first, documentClient(putSlowly('/f.json', 1)), {}, new Navigator(first));
      expect(last.page.status).toBe(400);
    } finally {
      await second.close();
      await first.close();
    }
  });
});
