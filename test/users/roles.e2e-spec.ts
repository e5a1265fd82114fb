import { AuthModule, UsersService } from '../../src/index.js';
import { admin, createHostWithAdministrators, signedInWith, who } from '../support/administrators.js';
import { TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { send } from '../support/http.js';
import { refresh } from '../support/tokens.js';
import { signIn, signUp } from '../support/users.js';

const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

describe('roles of users', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createHostWithAdministrators({ jwt: true, cacheTtl: 0 });
  });
  afterAll(() => host?.close());

  it('open routes with @Roles to session, cookie, access token, refreshed token and JWT alike', async () => {
    const editor = await signedInWith(host, 'editor', 'admin');
    const plain = await signUp(host.url);
    const of = async ({ token, accessToken, refreshToken, cookie }: typeof editor) => {
      const jwt = (await send(`${host.url}/api/auth/token`, { bearer: token })).body.token as string;
      const again = (await refresh(host, refreshToken)).body.accessToken as string;
      return [...[token, accessToken, again, jwt].map(bearing), { cookie }] as Record<string, string>[];
    };
    for (const headers of await of(editor)) {
      expect((await who(host, headers)).body.roles.toSorted()).toEqual(['admin', 'editor']);
      expect((await who(host, headers, '/editors')).status).toBe(200);
    }
    for (const headers of await of(plain)) expect((await who(host, headers, '/editors')).status).toBe(403);
  });

  it('a sign-in that has read the roles of before gets no session with them', async () => {
    const { id, email } = await signedInWith(host, 'editor');
    await Promise.all([host.app.get(UsersService).setRoles(id, []), signIn(host.url, email).catch(() => undefined)]);
    const rows = await host.sql(`SELECT id FROM auth_session WHERE subject = $1 AND 'editor' = ANY(roles)`, [id]);
    expect(rows).toEqual([]);
  });

  it('hooks.resolveRoles replaces them, also for the routes of administrators', async () => {
    const { email } = await signUp(host.url, { email: 'boss@example.com' });
    const hooked = await createHostWithAdministrators(
      {
        accounts: {
          administrators: { roles: ['admin'] },
          hooks: { resolveRoles: (user) => (user.email === email ? ['admin'] : []) },
        },
      },
      { databaseUrl: host.databaseUrl },
    );
    const [boss, other] = [await signIn(hooked.url, email), await signUp(hooked.url)];
    expect((await who(hooked, bearing(boss.accessToken))).body.roles).toEqual(['admin']);
    expect((await admin(hooked, 'list-users', boss.token)).status).toBe(200);
    expect((await admin(hooked, 'list-users', other.token)).status).toBe(403);
    await hooked.close();
  });

  it.each([{ roles: [] }, { roles: ['a,b'] }, { roles: [' '] }, { roles: ['admin'], impersonation: '1d' }])(
    'stops the start: administrators %j',
    async (administrators) => {
      const boot = () => [
        AuthModule.forRoot({ issuer: TEST_ISSUER, secret: TEST_SECRET, accounts: { administrators } }),
      ];
      expect(await bootError(boot)).toMatch(/accounts\.administrators/);
    },
  );
});
