import { auth as authV2, type OAuthClientProvider } from '@modelcontextprotocol/client';
import { auth as authV1 } from '@modelcontextprotocol/sdk/client/auth.js';
import * as oidc from 'openid-client';
import { startDocumentHost, type DocumentHost } from '../support/document-host.js';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';

const REDIRECT = 'http://localhost:33418/callback';
const SCOPE = 'openid offline_access';
type Auth = typeof authV2;

/** What an MCP client keeps. */
class Keeper implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT;
  sentTo: URL | undefined;
  kept: Record<string, unknown> = {};

  constructor(readonly clientMetadataUrl: string) {}

  get clientMetadata() {
    return { client_name: 'SDK', redirect_uris: [REDIRECT], scope: SCOPE };
  }
  clientInformation() {
    return this.kept['client'] as never;
  }
  saveClientInformation(client: unknown) {
    this.kept['client'] = client;
  }
  tokens() {
    return this.kept['tokens'] as never;
  }
  saveTokens(tokens: unknown) {
    this.kept['tokens'] = tokens;
  }
  redirectToAuthorization(url: URL) {
    this.sentTo = url;
  }
  saveDiscoveryState(state: unknown) {
    this.kept['discovery'] = state;
  }
  discoveryState() {
    return this.kept['discovery'] as never;
  }
  saveCodeVerifier(verifier: string) {
    this.kept['verifier'] = verifier;
  }
  codeVerifier() {
    return this.kept['verifier'] as string;
  }
}

describe('H19 clients that publish their metadata, as they are published', () => {
  let host: IssuerHost;
  let site: DocumentHost;
  let id: string;
  beforeAll(async () => {
    site = await startDocumentHost();
    host = await createIssuerHost({ clientMetadataDocuments: {} });
    id = site.put('/oauth/client.json', {
      client_name: 'Document client',
      redirect_uris: ['http://localhost/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
  });
  afterAll(async () => {
    await host.close();
    await site.close();
  });

  it.each([
    ['1', authV1 as unknown as Auth],
    ['2', authV2],
  ])('H19 MCP SDK %s: clientMetadataUrl, without a registration, and a refresh', async (_, auth) => {
    const keeper = new Keeper(id);
    const person = await Person.of(host);
    expect(await auth(keeper, { serverUrl: host.issuer })).toBe('REDIRECT');
    expect(keeper.sentTo!.searchParams.get('client_id')).toBe(id);
    const { url } = await person.go(keeper.sentTo!);
    expect(url.href.startsWith(REDIRECT)).toBe(true);
    const answer = { authorizationCode: url.searchParams.get('code')!, iss: url.searchParams.get('iss')! };
    expect(await auth(keeper, { serverUrl: host.issuer, ...answer })).toBe('AUTHORIZED');
    const first = keeper.kept['tokens'] as { access_token: string; refresh_token: string };
    expect(first.refresh_token).toBeDefined();
    expect(await auth(keeper, { serverUrl: host.issuer })).toBe('AUTHORIZED');
    expect(keeper.kept['tokens']).not.toEqual(first);
    expect(keeper.kept['client']).toMatchObject({ client_id: id });
  });

  it('H19 openid-client 6: the address as client id, with None', async () => {
    const person = await Person.of(host);
    const config = await oidc.discovery(new URL(host.issuer), id, undefined, oidc.None(), {
      execute: [oidc.allowInsecureRequests],
    });
    expect(config.serverMetadata().client_id_metadata_document_supported).toBe(true);
    const verifier = oidc.randomPKCECodeVerifier();
    const { url } = await person.go(
      oidc.buildAuthorizationUrl(config, {
        redirect_uri: REDIRECT,
        scope: SCOPE,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      }),
    );
    const tokens = await oidc.authorizationCodeGrant(config, url, { pkceCodeVerifier: verifier });
    expect(tokens.claims()).toMatchObject({ aud: id, sub: person.id });
    expect((await oidc.refreshTokenGrant(config, tokens.refresh_token!)).access_token).toBeDefined();
  });
});
