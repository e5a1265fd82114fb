import { Body, Controller, Get, Injectable, Post } from '@nestjs/common';
import { Auth, AuthContext, BearerAuth } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** A service of the host that knows nothing of requests. */
@Injectable()
class Audit {
  constructor(private readonly context: AuthContext) {}

  async line() {
    await new Promise((resolve) => setImmediate(resolve));
    const [session, user] = [await this.context.session(), await this.context.user()];
    return {
      principal: this.context.principal?.subjectId ?? null,
      session: session?.id ?? null,
      user: user?.email ?? null,
    };
  }
}

@Controller('audit')
class AuditController {
  constructor(private readonly audit: Audit) {}
  @Get('open')
  open() {
    return this.audit.line();
  }
  @Post('open')
  async openPost(@Body() body: object) {
    return { ...(await this.audit.line()), body };
  }
  @Get('guarded')
  @BearerAuth()
  guarded() {
    return this.audit.line();
  }
  @Post('guarded')
  @Auth('bearer', 'session')
  async guardedPost(@Body() body: object) {
    return { ...(await this.audit.line()), body };
  }
}

describe.each(['express', 'fastify'] as const)('AuthContext on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ adapter, controllers: [AuditController], providers: [Audit] });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const nobody = { principal: null, session: null, user: null };
  const known = () => ({ session: user.sessionId, user: user.email });
  /** Long enough to arrive in several chunks. */
  const body = { text: 'x'.repeat(60_000) };

  it('200 guarded: principal, session and user, by GET and by POST with a body', async () => {
    const get = await send(`${host.url}/audit/guarded`, { bearer: user.accessToken });
    expect(get.body).toEqual({ principal: user.id, ...known() });
    const post = await send(`${host.url}/audit/guarded`, { bearer: user.token, body });
    expect(post.body).toEqual({ principal: user.id, ...known(), body });
    const cookie = { cookie: user.cookie, origin: 'http://localhost:3000' };
    expect((await send(`${host.url}/audit/guarded`, { headers: cookie, body: {} })).body.user).toBe(user.email);
  });

  it('200 unguarded: session and user are found when asked for, principal is null', async () => {
    for (const options of [{ bearer: user.token }, { headers: { cookie: user.cookie } }]) {
      const get = await send(`${host.url}/audit/open`, options);
      expect(get.body).toEqual({ principal: null, ...known() });
      const post = await send(`${host.url}/audit/open`, { ...options, body });
      expect(post.body).toEqual({ principal: null, ...known(), body });
    }
  });

  it('200 unguarded without and with a bad credential: everything null', async () => {
    for (const options of [{}, { bearer: 'garbage' }, { bearer: user.refreshToken }]) {
      expect((await send(`${host.url}/audit/open`, options)).body).toEqual(nobody);
      expect((await send(`${host.url}/audit/open`, { ...options, body: {} })).body).toEqual({ ...nobody, body: {} });
    }
  });

  it('requests at the same time do not see one another', async () => {
    const other = await signUp(host.url);
    const ask = (bearer: string) => send(`${host.url}/audit/open`, { bearer, body });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => ask(i % 2 === 0 ? user.token : other.token)),
    );
    for (const [i, answer] of answers.entries()) expect(answer.body.user).toBe(i % 2 === 0 ? user.email : other.email);
  });

  it('outside a request everything is null', async () => {
    expect(await host.app.get(Audit).line()).toEqual(nobody);
  });
});
