import { AuthEvents } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { expectErrorPage } from '../support/authorization.js';
import { DOCUMENT, startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { allow, begin, createReadingHost, documentClient, makeStale } from '../support/document-clients.js';
import { send } from '../support/http.js';
import { exchange, tokenRequest, type Navigator } from '../support/oauth.js';

const GRANTS = { grant_types: ['authorization_code', 'refresh_token'] };

describe('how long a document counts', () => {
  let host: TestApp;
  let site: DocumentHost;
  const failed: unknown[] = [];
  beforeAll(async () => {
    site = await startDocumentHost();
    host = await createReadingHost({ gracePeriod: '2h' }, {}, { cacheTtl: 0 });
    host.app.get(AuthEvents).on('oauth-client.document-failed', (fact) => void failed.push(fact));
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  const reads = (path: string) => site.seen.filter((one) => one === path).length;
  const spans = async (id: string) => {
    const [row] = await host.sql<{ fresh: number; grace: number }>(
      `SELECT round(extract(epoch FROM fresh_until - fetched_at))::int AS fresh,
         round(extract(epoch FROM good_until - fresh_until))::int AS grace FROM auth_client_document WHERE client_id = $1`,
      [id],
    );
    return row;
  };
  /** Tokens of a client, with the browser of its user. */
  async function connected(id: string, browser?: Navigator) {
    const client = documentClient(id);
    const begun = await begin(host, client, { scope: 'openid offline_access' }, browser);
    const code = (await allow(begun.browser, begun.page)).searchParams.get('code')!;
    const { body } = await exchange(host, client, { code, verifier: begun.verifier });
    return {
      client,
      browser: begun.browser,
      refresh: body.refresh_token as string,
      access: body.access_token as string,
    };
  }
  const refreshed = (client: { clientId: string }, token: string) =>
    tokenRequest(host, client, { grant_type: 'refresh_token', refresh_token: token });

  it('H8 CIMD 5.2: what the headers say, within bounds; in between nothing is fetched', async () => {
    const id = site.put('/aged.json', DOCUMENT, { 'cache-control': 'max-age=600' });
    const { browser } = await begin(host, documentClient(id));
    expect(await spans(id)).toEqual({ fresh: 600, grace: 7_200 });
    await begin(host, documentClient(id), {}, browser);
    expect(reads('/aged.json')).toBe(1);
    const brief = site.put('/brief.json', DOCUMENT, { 'cache-control': 'no-store' });
    await begin(host, documentClient(brief));
    expect(await spans(brief)).toEqual({ fresh: 60, grace: 7_200 });
  });

  it('H8 errors and documents that are not taken are not kept: the next request reads again', async () => {
    site.answer('/late.json', { status: 503 });
    const id = site.at('/late.json');
    expectErrorPage((await begin(host, documentClient(id))).page);
    site.put('/late.json', { client_name: 'No redirects' });
    expectErrorPage((await begin(host, documentClient(id))).page);
    site.put('/late.json');
    expect((await begin(host, documentClient(id))).page.location).toContain('/oauth2/consent?');
    expect(reads('/late.json')).toBe(3);
  });

  it('H9 CIMD 5.1 T169: a dead host stops what begins, and not the users that it has, until the grace period is over', async () => {
    const id = site.put('/dead.json', { ...DOCUMENT, ...GRANTS });
    const { client, browser, refresh } = await connected(id);
    await makeStale(host, id);
    site.answer('/dead.json', { status: 500 });
    failed.length = 0;
    const next = await refreshed(client, refresh);
    expect(next.status).toBe(200);
    expect(failed).toEqual([{ clientId: id, reason: 'its host answered 500', isServed: true }]);
    // It rests a while: not every refresh waits for a host that is dead.
    const tried = reads('/dead.json');
    const after = await refreshed(client, next.body.refresh_token);
    expect([after.status, reads('/dead.json')]).toEqual([200, tried]);
    expectErrorPage((await begin(host, client, {}, browser)).page);
    const pushed = await post('par', {
      client_id: id,
      response_type: 'code',
      redirect_uri: 'https://app.example/callback',
    });
    expect([pushed.status, pushed.body.error]).toEqual([401, 'invalid_client']);
    expect((await post('revoke', { client_id: id, token: 'x' })).status).toBe(200);
    await makeStale(host, id, -1);
    expect((await refreshed(client, after.body.refresh_token)).status).toBe(401);
    // Back again, all goes on.
    site.put('/dead.json', { ...DOCUMENT, ...GRANTS });
    expect((await begin(host, client, {}, browser)).page.status).toBe(302);
    expect((await refreshed(client, after.body.refresh_token)).status).toBe(200);
  });

  it('H9 T169: a document that has become unacceptable counts as one that cannot be read', async () => {
    const id = site.put('/spoilt.json', { ...DOCUMENT, ...GRANTS });
    const { client, refresh } = await connected(id);
    await makeStale(host, id);
    site.put('/spoilt.json', { ...DOCUMENT, client_id: 'https://other.example/id' });
    expect((await refreshed(client, refresh)).status).toBe(200);
    expectErrorPage((await begin(host, client)).page);
  });

  it('H9 at once: a host that the options block, a kind that is switched off', async () => {
    const id = site.put('/blocked.json', { ...DOCUMENT, ...GRANTS });
    const { client, refresh } = await connected(id);
    for (const documents of [
      { blockedHosts: ['client.localhost'] },
      { blockedHosts: ['*.localhost'] },
      { allowedHosts: ['other.localhost'] },
      { enabled: false },
    ]) {
      const strict = await createReadingHost(documents, {}, { databaseUrl: host.databaseUrl });
      try {
        const form = { grant_type: 'refresh_token', refresh_token: refresh };
        expect((await tokenRequest(strict, client, form)).status).toBe(401);
        expectErrorPage((await begin(strict, client)).page);
      } finally {
        await strict.close();
      }
    }
    expect((await refreshed(client, refresh)).status).toBe(200);
    expect(reads('/blocked.json')).toBe(1);
  });

  it('H18 allowClient decides last, about the document as it is', async () => {
    const seen: unknown[] = [];
    const answers: Record<string, unknown> = { good: true, bad: false, odd: 'yes' };
    const asking = await createReadingHost({
      allowClient: (document, context) => {
        seen.push([document['software_id'], context]);
        return answers[String(document['software_id'])] as boolean;
      },
    });
    try {
      const bad = site.put('/bad.json', { ...DOCUMENT, software_id: 'bad' });
      expectErrorPage((await begin(asking, documentClient(bad))).page);
      const good = site.put('/good.json', { ...DOCUMENT, software_id: 'good' });
      expect((await begin(asking, documentClient(good))).page.location).toContain('/oauth2/consent?');
      expect(seen).toEqual([
        ['bad', { clientId: bad, isNew: true }],
        ['good', { clientId: good, isNew: true }],
      ]);
      // Of a hook in plain JavaScript that forgets its answer, or has another.
      for (const name of ['odd', 'forgotten']) {
        const client = documentClient(site.put(`/${name}.json`, { ...DOCUMENT, software_id: name }));
        expectErrorPage((await begin(asking, client)).page);
      }
    } finally {
      await asking.close();
    }
  });

  it('H7 CIMD 8.1: redirects of the origin of the document alone, by option', async () => {
    const strict = await createReadingHost({ sameOriginRedirects: true });
    try {
      expectErrorPage((await begin(strict, documentClient(site.put('/cross.json')))).page);
      const home = site.at('/callback');
      const same = site.put('/same.json', { client_name: 'Same', redirect_uris: [home, 'http://127.0.0.1/cb'] });
      expect((await begin(strict, documentClient(same, home))).page.location).toContain('/oauth2/consent?');
    } finally {
      await strict.close();
    }
  });

  const post = (path: string, form: Record<string, string>) =>
    send(`${host.url}/api/auth/oauth2/${path}`, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
});
