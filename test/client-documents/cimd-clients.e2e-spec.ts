import { OAuthClientsService } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { administer, createClientHost } from '../support/clients.js';
import { startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { allow, begin, createReadingHost, documentClient, inPath } from '../support/document-clients.js';
import { send } from '../support/http.js';
import { exchange, tokenRequest } from '../support/oauth.js';

const SCOPES = 'openid profile offline_access';

describe('clients that publish their metadata (Client ID Metadata Document, MCP 2026-07-28)', () => {
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

  it('H2 CIMD 4, 5: authorize, consent, code, refresh, with no registration', async () => {
    const id = site.put('/first.json', {
      client_name: 'First',
      redirect_uris: ['https://app.example/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    });
    const client = documentClient(id);
    const { page, browser, verifier } = await begin(host, client, { scope: SCOPES });
    expect(page.location).toContain('/oauth2/consent?');
    const url = await allow(browser, page);
    expect(url.origin + url.pathname).toBe('https://app.example/callback');
    expect(url.searchParams.get('iss')).toBe('http://localhost:3000');
    const tokens = await exchange(host, client, { code: url.searchParams.get('code')!, verifier });
    expect([tokens.status, tokens.body.scope]).toEqual([200, SCOPES]);
    const form = { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token };
    expect((await tokenRequest(host, client, form)).status).toBe(200);
    expect(site.seen.filter((path) => path === '/first.json')).toHaveLength(1);
    const row = await administer(host, 'GET', `oauth-clients/${inPath(id)}`);
    expect(row.body).toMatchObject({ registeredBy: 'document', client_name: 'First', skip_consent: false });
  });

  it('H16 G2 G9 the metadata of the server says so, with none among the methods', async () => {
    const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
    expect(body.client_id_metadata_document_supported).toBe(true);
    expect(body.token_endpoint_auth_methods_supported).toEqual(expect.arrayContaining(['none', 'private_key_jwt']));
  });

  it('H15 a client that is stored wins, and so does one of the options: nothing is fetched', async () => {
    const id = site.put('/managed.json');
    const fixed = site.put('/fixed.json');
    const managed = await createReadingHost(
      {},
      { clients: [{ clientId: fixed, redirectUris: ['https://fixed.example/cb'] }] },
    );
    try {
      const seed = { client_id: id, client_name: 'Ours', redirect_uris: ['https://ours.example/cb'] };
      await managed.app.get(OAuthClientsService).seed([seed]);
      for (const [client, redirect] of [
        [id, 'https://ours.example/cb'],
        [fixed, 'https://fixed.example/cb'],
      ] as const) {
        expect((await begin(managed, documentClient(client, redirect))).page.location).toContain('/oauth2/consent?');
        expect((await begin(managed, documentClient(client))).page.status).toBe(400);
      }
      expect(site.seen.filter((path) => path === '/managed.json' || path === '/fixed.json')).toEqual([]);
    } finally {
      await managed.close();
    }
  });

  it('H16 off by default: the metadata is silent, the client unknown, and nothing is called', async () => {
    const off = await createClientHost({}, { databaseUrl: host.databaseUrl, allowPrivateNetwork: true });
    try {
      const { body } = await send(`${off.url}/.well-known/oauth-authorization-server`);
      expect(body).not.toHaveProperty('client_id_metadata_document_supported');
      const { page } = await begin(off, documentClient(site.put('/off.json')));
      expect([page.status, page.location]).toEqual([400, undefined]);
      // Also one that was known before it was switched off.
      const known = await begin(off, documentClient(site.at('/first.json')));
      expect([known.page.status, known.page.location]).toEqual([400, undefined]);
      expect(site.seen).not.toContain('/off.json');
    } finally {
      await off.close();
    }
  });
});
