import { decodeJwt } from 'jose';
import type { OAuthProviderOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { grantTokens } from '../support/client-tokens.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { signIn, signUp, type SignedInUser } from '../support/users.js';

const pairwise = (clientId: string, redirectUri: string, metadata: object = {}) => ({
  clientId,
  clientSecret: 'a secret of a test client, long enough',
  redirectUris: [redirectUri],
  metadata: { subject_type: 'pairwise' as const, ...metadata },
});

const CLIENTS: NonNullable<OAuthProviderOptions['clients']> = [
  { ...pairwise('public', 'https://public.example/cb'), metadata: {} },
  pairwise('one', 'https://one.example/cb'),
  pairwise('one-again', 'https://one.example:8443/other'),
  pairwise('two', 'https://two.example/cb'),
  pairwise('sector-a', 'https://a.example/cb', { sector_identifier_uri: 'https://one.example/sector.json' }),
  { ...pairwise('jwt', 'https://one.example/jwt'), accessTokenFormat: 'jwt' },
  pairwise('app-a', 'com.example.a:/cb'),
  pairwise('app-b', 'com.example.b:/cb'),
  pairwise('app-host', 'vscode://one.example/cb'),
  pairwise('local-a', 'http://127.0.0.1/cb'),
  pairwise('local-b', 'http://127.0.0.1/cb'),
  pairwise('local-c', 'https://localhost/cb'),
];

describe('pairwise subject identifiers (OIDC Core 8)', () => {
  let database: TestDatabase;
  let host: TestApp;
  let user: SignedInUser;
  const start = (pairwiseSecret: string) =>
    createTestApp({
      databaseUrl: database.url,
      auth: { jwt: true, oauthProvider: { clients: CLIENTS, pairwiseSecret, redirectSchemes: ['vscode'] } },
    });
  beforeAll(async () => {
    database = await createTestDatabase();
    host = await start('a pairwise secret of 32 characters');
    user = await signUp(host.url);
  });
  afterAll(async () => {
    await host.close();
    await database.drop();
  });

  /** The user's identifier at a client: the same in ID token, userinfo and JWT access token. */
  async function subAt(clientId: string, whose = user, at = host): Promise<string> {
    const tokens = await grantTokens(at, { clientId, user: whose, scopes: ['openid'] });
    const { body } = await send(`${at.url}/api/auth/oauth2/userinfo`, { bearer: tokens.access_token });
    expect(decodeJwt(tokens.id_token!).sub).toBe(body.sub);
    if (clientId === 'jwt') expect(decodeJwt(tokens.access_token).sub).toBe(body.sub);
    return body.sub as string;
  }

  it('8 public: the id; pairwise: something else that tells nothing of it, at most 255 ASCII characters', async () => {
    expect(await subAt('public')).toBe(user.id);
    const sub = await subAt('one');
    expect(sub).toMatch(/^[\w-]{43}$/);
    expect(sub).not.toContain(user.id);
  });

  it('8.1 one sector, one identifier: the host of the redirect address, or of sector_identifier_uri', async () => {
    const sub = await subAt('one');
    for (const clientId of ['one-again', 'sector-a', 'jwt']) expect(await subAt(clientId)).toBe(sub);
  });

  it('8.1 another sector or another user, another identifier; apps without a host are a sector each', async () => {
    const other = await signUp(host.url);
    const subs = [
      await subAt('one'),
      await subAt('two'),
      await subAt('app-a'),
      await subAt('app-b'),
      await subAt('app-host'),
      await subAt('local-a'),
      await subAt('local-b'),
      await subAt('local-c'),
      await subAt('one', other),
    ];
    expect(new Set(subs).size).toBe(subs.length);
  });

  it('8.1 every node finds the same one, and who does not know the secret cannot', async () => {
    const before = await subAt('one');
    const again = await start('a pairwise secret of 32 characters');
    const stranger = await start('another pairwise secret, as long…');
    try {
      const session = await signIn(again.url, user.email);
      expect(await subAt('one', session, again)).toBe(before);
      expect(await subAt('one', session, stranger)).not.toBe(before);
    } finally {
      await again.close();
      await stranger.close();
    }
  });
});
