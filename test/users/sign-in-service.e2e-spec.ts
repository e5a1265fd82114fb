import { Body, Controller, Get, Post, Query, Redirect } from '@nestjs/common';
import { AuthError, isDue, SignIn, UsersService } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { guarded } from '../support/tokens.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** A host that has proved by means of its own who calls. */
@Controller('saml')
class Saml {
  constructor(private readonly signIn: SignIn) {}

  @Get()
  @Redirect()
  async finish(@Query('user') userId: string) {
    const outcome = await this.signIn.start(userId, { methods: ['saml'], answersWithBody: false });
    return { url: await this.signIn.sendOn(outcome, '/home') };
  }

  @Post()
  async finishForApps(@Body() { user }: { user: string }) {
    const outcome = await this.signIn.start(user, { methods: ['mfa', 'saml'], rememberMe: false });
    return isDue(outcome) ? outcome.body : { token: outcome.token, ...outcome.additions };
  }
}

describe.each(['express', 'fastify'] as const)("SignIn: sign-ins of the host's own (%s)", (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      controllers: [Saml],
      auth: {
        accounts: {
          hooks: {
            beforeSignIn: ({ name }) => {
              if (name === 'Vetoed') throw AuthError.forbidden('VETO', 'No');
            },
            resolveScopes: () => ['of:hook'],
          },
        },
      },
    });
    user = await signUp(host.url);
  });
  afterAll(() => host?.close());

  it('gives the browser its session, with the methods, and ends that of another user', async () => {
    const other = await signUp(host.url);
    const answer = await send(`${host.url}/saml?user=${user.id}`, {
      headers: { cookie: other.cookie, 'user-agent': 'Firefox' },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/home']);
    const session = await send(`${host.url}/api/auth/get-session`, { headers: { cookie: cookiesOf(answer) } });
    expect(session.body).toMatchObject({
      user: { id: user.id },
      session: { ipAddress: '127.0.0.1', userAgent: 'Firefox' },
    });
    const [row] = await host.sql('SELECT amr, scopes FROM auth_session WHERE id = $1', [session.body.session.id]);
    expect(row).toEqual({ amr: ['saml'], scopes: ['of:hook'] });
    expect(await guarded(host, other.token)).toBe(401);
  });

  it('renews the session that this user has in this browser', async () => {
    const answer = await send(`${host.url}/saml?user=${user.id}`, { headers: { cookie: user.cookie } });
    const session = await send(`${host.url}/api/auth/get-session`, { headers: { cookie: cookiesOf(answer) } });
    expect(session.body.session.id).toBe(user.sessionId);
    expect(await guarded(host, user.token)).toBe(401);
  });

  it('gives apps tokens', async () => {
    const { body } = await send(`${host.url}/saml`, { body: { user: user.id } });
    expect([await guarded(host, body.token), await guarded(host, body.accessToken)]).toEqual([200, 200]);
    const [row] = await host.sql(`SELECT remember, amr FROM auth_session WHERE 'mfa' = ANY(amr)`);
    expect(row).toMatchObject({ remember: false });
  });

  it('401 for whoever is disabled or not there, 403 for the veto, and no cookie', async () => {
    const vetoed = await signUp(host.url, { name: 'Ada' });
    await host.app.get(UsersService).update(vetoed.id, { name: 'Vetoed' });
    const disabled = await signUp(host.url);
    await host.app.get(UsersService).disable(disabled.id);
    const statuses = await Promise.all(
      [disabled.id, 'nobody', vetoed.id].map(async (id) => {
        const answer = await send(`${host.url}/saml?user=${id}`);
        return [answer.status, answer.headers.getSetCookie().length];
      }),
    );
    expect(statuses).toEqual([
      [401, 0],
      [401, 0],
      [403, 0],
    ]);
  });

  it('keep() outside a request says what to do instead', async () => {
    const signIn = host.app.get(SignIn);
    const outcome = await signIn.start(user.id, { methods: ['ldap'], address: '203.0.113.9' });
    expect(() => signIn.keep(outcome)).toThrow(/cookiesOf\(\)/);
    expect(signIn.cookiesOf(outcome)).toEqual([expect.stringContaining('session_token=')]);
  });
});
