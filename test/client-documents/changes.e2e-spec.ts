import { generateKeyPair, exportJWK, type JWK } from 'jose';
import { AuthEvents, type ClientMetadataDocumentsOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { answer, expectErrorPage, handleIn } from '../support/authorization.js';
import { DOCUMENT, startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { allow, begin, createReadingHost, documentClient, makeStale } from '../support/document-clients.js';
import { exchange, tokenRequest } from '../support/oauth.js';

const GRANTS = { grant_types: ['authorization_code', 'refresh_token'] };
const SCOPE = { scope: 'openid offline_access' };

describe('T168 H12 CIMD 8.4: a document that changes', () => {
  const hosts = {} as Record<'consent' | 'revoke' | 'ignore', TestApp>;
  const changed: unknown[] = [];
  let site: DocumentHost;
  let keys: [JWK, JWK];
  beforeAll(async () => {
    site = await startDocumentHost();
    const pairs = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
    keys = (await Promise.all(pairs.map(({ publicKey }) => exportJWK(publicKey)))) as [JWK, JWK];
    for (const onMetadataChange of ['consent', 'revoke', 'ignore'] as const) {
      const options: ClientMetadataDocumentsOptions = onMetadataChange === 'consent' ? {} : { onMetadataChange };
      const host = await createReadingHost(options, {}, { cacheTtl: 0 });
      host.app.get(AuthEvents).on('oauth-client.document-changed', (fact) => void changed.push(fact));
      hosts[onMetadataChange] = host;
    }
  });
  afterAll(async () => {
    for (const host of Object.values(hosts)) await host.close();
    await site.close();
  });
  beforeEach(() => void (changed.length = 0));

  /** A client whose user has allowed it something, with a refresh token and a code that is not redeemed yet. */
  async function connected(host: TestApp, path: string, document: object = DOCUMENT) {
    const id = site.put(path, { ...document, ...GRANTS });
    const client = documentClient(id);
    const begun = await begin(host, client, SCOPE);
    const code = (await allow(begun.browser, begun.page)).searchParams.get('code')!;
    const { body } = await exchange(host, client, { code, verifier: begun.verifier });
    const again = await begin(host, client, SCOPE, begun.browser);
    // An https redirect address proves the client, so it is not asked twice.
    const waiting = new URL(again.page.location!).searchParams.get('code')!;
    return {
      id,
      client,
      browser: begun.browser,
      refresh: body.refresh_token as string,
      code: waiting,
      verifier: again.verifier,
    };
  }
  async function republish(host: TestApp, path: string, document: object) {
    const id = site.put(path, { ...document, ...GRANTS });
    await makeStale(host, id);
  }
  const refreshed = (host: TestApp, client: { clientId: string }, token: string) =>
    tokenRequest(host, client, { grant_type: 'refresh_token', refresh_token: token });
  const isAsked = (location: string | undefined) => location?.includes('/oauth2/consent?') === true;

  it('a new redirect host: users are asked again, and a code from before is worth nothing; tokens go on', async () => {
    const host = hosts.consent;
    const { id, client, browser, refresh, code, verifier } = await connected(host, '/moved.json');
    await republish(host, '/moved.json', {
      ...DOCUMENT,
      redirect_uris: ['https://app.example/callback', 'https://evil.example/cb'],
    });
    expect((await refreshed(host, client, refresh)).status).toBe(200);
    expect(changed).toEqual([{ clientId: id, changed: ['redirect_uris'], asksAgain: true }]);
    expect((await exchange(host, client, { code, verifier })).body.error).toBe('invalid_grant');
    const silent = await begin(host, client, { ...SCOPE, prompt: 'none' }, browser);
    expect(new URL(silent.page.location!).searchParams.get('error')).toBe('consent_required');
    const { page } = await begin(host, client, SCOPE, browser);
    expect(isAsked(page.location)).toBe(true);
    // It is listed all the while, so that it can be taken back.
    expect((await browser.get('/api/auth/account/applications')).text).toContain(`<code>${id}</code>`);
    await allow(browser, page);
    expect((await begin(host, client, SCOPE, browser)).page.location).toContain('code=');
  });

  it('what was granted before is not granted again by a lesser answer', async () => {
    const host = hosts.consent;
    const { client, browser } = await connected(host, '/lesser.json');
    await republish(host, '/lesser.json', {
      ...DOCUMENT,
      redirect_uris: [...DOCUMENT.redirect_uris, 'https://b.example/cb'],
    });
    const { page } = await begin(host, client, { scope: 'openid' }, browser);
    await allow(browser, page);
    expect((await begin(host, client, { scope: 'openid' }, browser)).page.location).toContain('code=');
    expect(isAsked((await begin(host, client, SCOPE, browser)).page.location)).toBe(true);
  });

  it.each([
    ['keys', (): object => ({ jwks: { keys: [keys[1]] } }), ['jwks']],
    [
      'a place of keys',
      (): object => ({ jwks: undefined, jwks_uri: 'https://keys.example/jwks' }),
      ['jwks', 'jwks_uri'],
    ],
  ])('other %s: users are asked again', async (name, change, members) => {
    const host = hosts.consent;
    const path = `/keys-${name.length}.json`;
    const document = { ...DOCUMENT, jwks: { keys: [keys[0]] } };
    const { id, client, browser } = await connected(host, path, document);
    await republish(host, path, { ...document, ...change() });
    expect(isAsked((await begin(host, client, SCOPE, browser)).page.location)).toBe(true);
    expect(changed).toEqual([{ clientId: id, changed: members, asksAgain: true }]);
  });

  it('T142 a client that proves itself from now on: what it was given before ends', async () => {
    const host = hosts.consent;
    const { client, browser, refresh } = await connected(host, '/proves.json');
    const proof = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [keys[0]] } };
    await republish(host, '/proves.json', { ...DOCUMENT, ...proof });
    expect(isAsked((await begin(host, client, SCOPE, browser)).page.location)).toBe(true);
    await republish(host, '/proves.json', DOCUMENT);
    await begin(host, client, SCOPE, browser);
    expect((await refreshed(host, client, refresh)).body.error).toBe('invalid_grant');
  });

  it('another name, another path: told, and nobody is asked', async () => {
    const host = hosts.consent;
    const { id, client, browser, code, verifier } = await connected(host, '/renamed.json');
    const redirects = [...DOCUMENT.redirect_uris, 'https://app.example/other'];
    await republish(host, '/renamed.json', { client_name: 'Renamed', redirect_uris: redirects });
    expect((await begin(host, client, SCOPE, browser)).page.location).toContain('code=');
    expect((await exchange(host, client, { code, verifier })).status).toBe(200);
    expect(changed).toEqual([{ clientId: id, changed: ['redirect_uris', 'client_name'], asksAgain: false }]);
  });

  it('the same document read again changes nothing and tells nothing', async () => {
    const host = hosts.consent;
    const { id, client, browser } = await connected(host, '/same.json');
    const before = await host.sql('SELECT metadata, updated_at FROM auth_oauth_client WHERE client_id = $1', [id]);
    await republish(host, '/same.json', DOCUMENT);
    await begin(host, client, SCOPE, browser);
    expect(await host.sql('SELECT metadata, updated_at FROM auth_oauth_client WHERE client_id = $1', [id])).toEqual(
      before,
    );
    expect(changed).toEqual([]);
  });

  it('between page and answer: a redirect address that the document has lost gets nothing', async () => {
    const host = hosts.consent;
    const id = site.put('/between.json');
    const { page, browser } = await begin(host, documentClient(id));
    site.put('/between.json', { ...DOCUMENT, redirect_uris: ['https://app.example/new'] });
    await makeStale(host, id);
    // Another user's request has the document read.
    await begin(host, documentClient(id, 'https://app.example/new'));
    expectErrorPage(await answer(browser, handleIn(page), true));
  });

  it('H12 onMetadataChange: revoke ends the tokens as well', async () => {
    const host = hosts.revoke;
    const { client, browser, refresh } = await connected(host, '/revoke.json');
    await republish(host, '/revoke.json', {
      ...DOCUMENT,
      redirect_uris: [...DOCUMENT.redirect_uris, 'https://b.example/cb'],
    });
    expect(isAsked((await begin(host, client, SCOPE, browser)).page.location)).toBe(true);
    expect((await refreshed(host, client, refresh)).body.error).toBe('invalid_grant');
  });

  it('H12 onMetadataChange: ignore tells the host alone', async () => {
    const host = hosts.ignore;
    const { id, client, browser, refresh } = await connected(host, '/ignore.json');
    await republish(host, '/ignore.json', {
      ...DOCUMENT,
      redirect_uris: [...DOCUMENT.redirect_uris, 'https://b.example/cb'],
    });
    expect((await begin(host, client, SCOPE, browser)).page.location).toContain('code=');
    expect((await refreshed(host, client, refresh)).status).toBe(200);
    expect(changed).toEqual([{ clientId: id, changed: ['redirect_uris'], asksAgain: false }]);
  });

  it('H12 CIMD 8.3: a consent is not for ever, since a domain may have another owner by then', async () => {
    const host = hosts.consent;
    const { id, client, browser } = await connected(host, '/year.json');
    const [row] = await host.sql<{ days: number }>(
      'SELECT round(extract(epoch FROM ask_again_at - updated_at) / 86400)::int AS days FROM auth_consent WHERE client_id = $1',
      [id],
    );
    expect(row).toEqual({ days: 365 });
    await host.sql(`UPDATE auth_consent SET ask_again_at = now() - interval '1 second' WHERE client_id = $1`, [id]);
    expect(isAsked((await begin(host, client, SCOPE, browser)).page.location)).toBe(true);
  });

  it('H12 CIMD 8.3: another address is another client, with a consent of its own', async () => {
    const host = hosts.consent;
    const { browser } = await connected(host, '/one.json');
    const other = site.put('/two.json', { ...DOCUMENT, ...GRANTS });
    expect(isAsked((await begin(host, documentClient(other), SCOPE, browser)).page.location)).toBe(true);
  });
});
