import { Controller, Get, Headers, UnauthorizedException } from '@nestjs/common';
import { BearerAuth, CurrentPrincipal, SessionsService, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { CLIENTS } from '../support/better-auth-clients.js';

/** An application of better-auth, its `server.ts`: `auth.api.getSession({ headers })` by hand, and the guard that does the same. */
@Controller()
class DataController {
  constructor(private readonly sessions: SessionsService) {}

  @Get('data')
  async data(@Headers() headers: Record<string, string>) {
    const session = await this.sessions.getSession({ headers });
    if (!session) throw new UnauthorizedException({ error: 'Unauthorized' });
    return { data: `for ${session.user.email}`, sessionId: session.session.id };
  }

  @Get('data/fetch-headers')
  async dataByFetchHeaders(@Headers() headers: Record<string, string>) {
    return {
      email: (await this.sessions.getSession({ headers: new globalThis.Headers(headers) }))?.user.email ?? null,
    };
  }

  @Get('api/protected')
  @BearerAuth()
  protected(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subjectId: principal.subjectId, credentialType: principal.credentialType };
  }
}

/** What a browser's localStorage does in its client. */
class Storage {
  private readonly items = new Map<string, string>();
  setItem = (key: string, value: string) => void this.items.set(key, value);
  getItem = (key: string) => this.items.get(key) ?? null;
}

describe.each(CLIENTS)(
  'a whole application, word for word, with better-auth/client $version on $adapter',
  ({ version, adapter, create }) => {
    let host: TestApp;
    const credentials = { email: 'user@example.com', password: 'securepassword', name: 'User' };
    const localStorage = new Storage();

    beforeAll(async () => {
      host = await createTestApp({
        adapter,
        controllers: [DataController],
        auth: {
          bearer: {
            expiresIn: 60 * 60 * 24 * 7,
            refreshToken: { enabled: true, expiresIn: 60 * 60 * 24 * 30 },
          },
        },
      });
      const { error } = await create({ baseURL: host.url })['signUp']!['email']!(credentials);
      if (error) throw new Error(`sign-up with ${version}: ${error.code}`);
    });
    afterAll(() => host.close());

    /** The application's server answers `{ error }` with 401. */
    const call = async (path: string, token: string | null) => {
      const response = await fetch(`${host.url}${path}`, { headers: { Authorization: `Bearer ${token}` } });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };

    it('data.session.id is the bearer token', async () => {
      const authClient = create({ baseURL: host.url });
      const { data } = await authClient['signIn']!['email']!({
        email: 'user@example.com',
        password: 'securepassword',
      });
      const token = data.session.id;
      localStorage.setItem('bearer_token', token);
      expect(token).toEqual(expect.any(String));
      expect(token).toBe(data.token);
    });

    it('a client with the header lists the sessions', async () => {
      const token = localStorage.getItem('bearer_token');
      const authClient = create({
        baseURL: host.url,
        fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
      });
      const { data } = await authClient['user']!['listSessions']!();
      expect(data.length).toBeGreaterThanOrEqual(2);
      expect(JSON.stringify(data)).not.toContain(token);
    });

    it('the token on one call only', async () => {
      const token = localStorage.getItem('bearer_token');
      const authClient = create({ baseURL: host.url });
      const { data } = await authClient['user']!['listSessions']!({
        fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
      });
      expect(data.length).toBeGreaterThanOrEqual(2);
      const without = await authClient['user']!['listSessions']!();
      expect(without).toMatchObject({ data: null, error: { status: 401, code: 'UNAUTHORIZED' } });
    });

    it('the token opens the host, through getSession({ headers }) and through the guard', async () => {
      const token = localStorage.getItem('bearer_token');
      const byHand = await call('/data', token);
      expect(byHand).toMatchObject({ status: 200, body: { data: 'for user@example.com' } });
      expect(byHand.body['sessionId']).not.toBe(token);
      expect(await call('/data/fetch-headers', token)).toMatchObject({ body: { email: 'user@example.com' } });
      expect(await call('/api/protected', token)).toMatchObject({ status: 200, body: { credentialType: 'session' } });
      expect(await call('/data', 'not-a-token')).toEqual({ status: 401, body: { error: 'Unauthorized' } });
      expect(await call('/data/fetch-headers', 'not-a-token')).toMatchObject({ body: { email: null } });
      expect((await call('/api/protected', 'not-a-token')).status).toBe(401);
    });

    it('accessToken and refreshToken at sign-in, token.refresh gives a new pair', async () => {
      const authClient = create({ baseURL: host.url });
      const { data } = await authClient['signIn']!['email']!({ email: 'user@example.com', password: 'securepassword' });
      const accessToken = data.accessToken;
      const refreshToken = data.refreshToken;
      expect(data.expiresIn).toBe(60 * 60 * 24 * 7);
      expect(data.refreshTokenExpiresAt).toBeInstanceOf(Date);
      expect(await call('/api/protected', accessToken)).toMatchObject({ status: 200 });
      expect(await call('/data', accessToken)).toMatchObject({ status: 200, body: { data: 'for user@example.com' } });

      const refreshed = await authClient['token']!['refresh']!({ refreshToken: refreshToken });
      expect(refreshed.error).toBeNull();
      const newAccessToken = refreshed.data.accessToken;
      expect(newAccessToken).not.toBe(accessToken);
      expect(refreshed.data.refreshToken).not.toBe(refreshToken);
      expect(await call('/api/protected', newAccessToken)).toMatchObject({ status: 200 });

      expect((await call('/api/protected', refreshToken)).status).toBe(401);
      const bad = await authClient['token']!['refresh']!({ refreshToken: accessToken });
      expect(bad.error).toMatchObject({ status: 401, code: 'INVALID_REFRESH_TOKEN' });
    });

    it('the session ends, and with it both tokens', async () => {
      const authClient = create({ baseURL: host.url });
      const { data } = await authClient['signIn']!['email']!({ email: 'user@example.com', password: 'securepassword' });
      const bearer = { fetchOptions: { headers: { Authorization: `Bearer ${data.accessToken}` } } };
      await authClient['signOut']!(bearer);
      expect((await call('/api/protected', data.accessToken)).status).toBe(401);
      const dead = await authClient['token']!['refresh']!({ refreshToken: data.refreshToken });
      expect(dead.error).toMatchObject({ status: 401, code: 'INVALID_REFRESH_TOKEN' });
    });
  },
);
