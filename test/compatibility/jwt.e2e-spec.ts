import { createAuthClient } from 'better-auth/client';
import { jwtClient } from 'better-auth/client/plugins';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { SIGNING_ALGORITHMS, type HostUser, type SessionView } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';
import { CLIENTS, type LooseClient } from '../support/better-auth-clients.js';

describe('the documented set-up and calls of the JWT plugin, word for word', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      auth: {
        accounts: { session: { scopes: ['read:data', 'write:data'] } },
        jwt: {
          audience: 'https://external-api.com',
          setAuthJwt: true,
          // Signing algorithm
          algorithm: 'RS256', // or HS256, ES256
          // Token expiration
          expiresIn: '1h',
          // Custom claims
          customClaims: async ({ user: who, session }: { user: HostUser; session: SessionView }) => ({
            role: who['role'] ?? 'member',
            organizationId: session['activeOrganizationId'],
          }),
          // Custom JWKS endpoint for key rotation
          jwksEndpoint: '/api/auth/.well-known/jwks.json',
          // Key rotation
          keyRotation: {
            enabled: true,
            interval: 60 * 60 * 24 * 7, // 7 days
          },
        },
      },
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const headers = () => ({ Authorization: `Bearer ${user.token}` });

  describe.each(CLIENTS)('with better-auth/client $version', ({ create }) => {
    it('Get JWT, and Verify JWT (server-side) with createRemoteJWKSet and jwtVerify', async () => {
      const authClient = create({ baseURL: host.url, fetchOptions: { headers: headers() } });
      const { data } = await authClient['jwt']!['getToken']!();
      const token = data.token;

      const response = await fetch(`${host.url}/api/auth/.well-known/jwks.json`);
      const jwks = (await response.json()) as { keys: unknown[] };
      expect(jwks.keys.length).toBeGreaterThan(0);

      const { payload } = await jwtVerify(
        token,
        createRemoteJWKSet(new URL(`${host.url}/api/auth/.well-known/jwks.json`)),
      );
      expect(payload.sub).toBe(user.id); // User ID
      expect(payload['role']).toBe('member'); // Custom claim
      expect(payload.exp! - payload.iat!).toBe(3_600);
    });

    it('JWT for External Services: audience and scope', async () => {
      const authClient = create({ baseURL: host.url, fetchOptions: { headers: headers() } });
      const { data } = await authClient['jwt']!['getToken']!({
        audience: 'https://external-api.com',
        scope: 'read:data write:data',
      });
      const { payload } = await jwtVerify(
        data.token,
        createRemoteJWKSet(new URL(`${host.url}/api/auth/.well-known/jwks.json`)),
        { issuer: TEST_ISSUER, audience: 'https://external-api.com', typ: 'at+jwt', algorithms: ['RS256'] },
      );
      expect(payload['scope']).toBe('read:data write:data');
    });

    it('the client reads our codes', async () => {
      const authClient = create({ baseURL: host.url, fetchOptions: { headers: headers() } });
      const { data, error } = await authClient['jwt']!['getToken']!({ audience: 'https://elsewhere.example' });
      expect(data).toBeNull();
      expect(error).toMatchObject({ status: 400, code: 'INVALID_AUDIENCE' });
    });
  });

  it('jwtClient() of better-auth 1.7.25: token() and jwks()', async () => {
    const authClient = createAuthClient({
      baseURL: host.url,
      plugins: [jwtClient()],
      fetchOptions: { headers: headers() },
    });
    const { data } = await (authClient as unknown as LooseClient)['token']!();
    const set = await authClient.jwks();
    expect(set.error).toBeNull();
    const keys = new Set(set.data!.keys.map((key) => key.kid));
    expect(keys.has(JSON.parse(Buffer.from(data.token.split('.')[0], 'base64url').toString()).kid)).toBe(true);
  });

  it('jwtClient() with jwksPath, and set-auth-jwt read from get-session', async () => {
    const authClient = createAuthClient({
      baseURL: host.url,
      plugins: [jwtClient({ jwks: { jwksPath: '/.well-known/jwks.json' } })],
    });
    expect((await authClient.jwks()).data!.keys.length).toBeGreaterThan(0);
    let jwt: string | null = null;
    await authClient.getSession({
      fetchOptions: {
        headers: headers(),
        onSuccess: (context) => {
          jwt = context.response.headers.get('set-auth-jwt');
        },
      },
    });
    const { payload } = await jwtVerify(jwt!, createRemoteJWKSet(new URL(`${host.url}/api/auth/jwks`)));
    expect(payload.sub).toBe(user.id);
  });
});

describe('jose verifies every algorithm from the key set alone', () => {
  it.each(SIGNING_ALGORITHMS.filter((algorithm) => algorithm !== 'HS256'))('RFC 7518 3.1 %s', async (algorithm) => {
    const host = await createTestApp({ auth: { jwt: { algorithm } } });
    const user = await signUp(host.url);
    const { token } = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body;
    const { protectedHeader } = await jwtVerify(
      token,
      createRemoteJWKSet(new URL(`${host.url}/api/auth/oauth2/jwks`)),
      {
        issuer: TEST_ISSUER,
        audience: TEST_ISSUER,
        algorithms: [algorithm],
      },
    );
    expect(protectedHeader.alg).toBe(algorithm);
    await host.close();
  });
});
