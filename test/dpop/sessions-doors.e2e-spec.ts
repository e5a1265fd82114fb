import { Body, Controller, Post } from '@nestjs/common';
import { isDue, SignIn, UsersService } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { bindingsOf, BoundClient } from '../support/bound-sessions.js';
import { createDeviceHost } from '../support/device.js';
import { send, type Answer } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { codeOf, TwoFactorHost } from '../support/two-factor.js';
import { signUp, TEST_PASSWORD } from '../support/users.js';

@Controller('host')
class SamlController {
  constructor(private readonly signIn: SignIn) {}

  @Post('saml')
  async saml(@Body() { userId }: { userId: string }) {
    const outcome = await this.signIn.start(userId, { methods: ['saml'] });
    return isDue(outcome) ? outcome.body : { token: outcome.token, ...outcome.additions };
  }
}

const PASSWORD = '/api/auth/sign-in/email';
const CODE = '/api/auth/sign-in/email-otp';
const LINK = '/api/auth/magic-link/verify';

describe.each(['express', 'fastify'] as const)(
  'RFC 9449 5: every door binds a sign-in to the key of the app, on %s',
  (adapter) => {
    const mailbox = new Mailbox();
    let host: TestApp & Awaited<ReturnType<typeof createDeviceHost>>;
    let app: BoundClient;
    beforeAll(async () => {
      host = await createDeviceHost(
        {},
        {
          alone: true,
          adapter,
          controllers: [SamlController],
          auth: {
            mail: mailbox.mail,
            bearer: { refreshToken: { enabled: true }, dpop: 'accepted' },
            dpop: { nonce: 'required' },
            accounts: { magicLink: { enabled: true }, emailCode: { enabled: true } },
            twoFactor: true,
          },
        },
      );
    });
    afterAll(() => host.close());
    beforeEach(() => {
      app = new BoundClient(() => host);
    });

    const cnf = () => ({ jkt: app.key.thumbprint });
    const seeded = async () => {
      const email = `door-${Date.now()}-${Math.random()}@example.com`;
      const { id } = await host.app.get(UsersService).seed({ email, emailVerified: true, password: TEST_PASSWORD });
      return { id, email };
    };
    const needsNonce = (answer: Answer) =>
      expect([answer.status, answer.body.code ?? answer.body.error, answer.headers.get('dpop-nonce')]).toEqual([
        400,
        expect.stringMatching(/^use_dpop_nonce$/i),
        expect.any(String),
      ]);

    /** The session is good with the key, and with nothing else. */
    async function expectBound(userId: string, answer: Answer): Promise<void> {
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie().filter((line) => /session_token=[^;]/.test(line))).toEqual([]);
      const token: string = answer.body.token ?? answer.body.access_token;
      const route = '/api/auth/list-sessions';
      expect((await app.ask(route, undefined, { token })).status).toBe(200);
      expect((await send(`${host.url}${route}`, { bearer: token })).status).toBe(401);
      expect((await bindingsOf(host, userId)).at(-1)).toEqual(cnf());
    }

    it('RFC 9449 8: by password; use_dpop_nonce costs no attempt and counts for none', async () => {
      const { id, email } = await seeded();
      const body = { email, password: TEST_PASSWORD };
      for (let time = 0; time < 15; time++) {
        needsNonce(await app.ask(PASSWORD, body));
        app.nonce = undefined;
      }
      needsNonce(await app.ask(PASSWORD, body));
      const answer = await app.ask(PASSWORD, body);
      expect(answer.body).toMatchObject({ tokenType: 'DPoP' });
      await expectBound(id, answer);
    });

    it('RFC 9449 8: by a code of mail, which use_dpop_nonce does not cost', async () => {
      const { id, email } = await seeded();
      await send(`${host.url}/api/auth/email-otp/send-verification-otp`, { body: { email, type: 'sign-in' } });
      const otp = ((await mailbox.newest('sign-in-code', email)).content as { code: string }).code;
      needsNonce(await app.ask(CODE, { email, otp }));
      await expectBound(id, await app.ask(CODE, { email, otp }));
    });

    it('RFC 9449 8: by a link, which use_dpop_nonce does not cost', async () => {
      const { id, email } = await seeded();
      const asked = await send(`${host.url}/api/auth/sign-in/magic-link`, { body: { email } });
      const cookie = asked.headers
        .getSetCookie()
        .map((line) => line.split(';', 1)[0])
        .join('; ');
      const { content } = await mailbox.newest('magic-link', email);
      const route = `${LINK}?token=${new URL(content.url).searchParams.get('token')}`;
      const headers = { cookie, accept: 'application/json' };
      needsNonce(await app.ask(route, undefined, { headers }));
      await expectBound(id, await app.ask(route, undefined, { headers }));
    });

    it('RFC 9449 5: with a second factor the key is that of its proof', async () => {
      const user = await new TwoFactorHost(host).enrolled(await signUp(host.url));
      needsNonce(await app.ask(PASSWORD, { email: user.email, password: user.password }));
      const waits = await app.ask(PASSWORD, { email: user.email, password: user.password });
      const { twoFactorToken } = waits.body;
      const done = await app.ask('/api/auth/two-factor/verify-totp', { code: codeOf(user.secret), twoFactorToken });
      await expectBound(user.id, done);
    });

    it('RFC 9449 5: sign-ins that the code of the host has proved', async () => {
      const { id } = await seeded();
      expect((await app.ask('/host/saml', { userId: id })).status).toBe(400);
      await expectBound(id, { ...(await app.ask('/host/saml', { userId: id })), status: 200 });
    });

    it('RFC 9449 5: a device, whose code use_dpop_nonce does not cost', async () => {
      const user = await signUp(host.url);
      const codes = await host.approved(user, { client_id: 'a-device' });
      const body = {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: codes.device_code,
        client_id: 'a-device',
      };
      needsNonce(await app.ask('/api/auth/device/token', body));
      const answer = await app.ask('/api/auth/device/token', body);
      expect(answer.body).toMatchObject({ token_type: 'DPoP' });
      await expectBound(user.id, answer);
    });

    it('RFC 9449 5: a change of password gives the session that replaces a bound one the same key', async () => {
      needsNonce(
        await app.ask('/api/auth/sign-up/email', { email: 'x@example.com', password: TEST_PASSWORD, name: 'X' }),
      );
      const user = await app.signUp();
      const change = {
        currentPassword: TEST_PASSWORD,
        newPassword: 'another good password',
        revokeOtherSessions: true,
      };
      await expectBound(user.id, await app.ask('/api/auth/change-password', change, { token: user.token }));
    });

    it('RFC 9449 9: a resource tells who lacks a nonce, also where strangers are served', async () => {
      needsNonce(
        await app.ask('/api/auth/sign-up/email', { email: 'x@example.com', password: TEST_PASSWORD, name: 'X' }),
      );
      const { token, id } = await app.signUp();
      for (const route of ['/api/auth/list-sessions', '/api/auth/get-session']) {
        app.nonce = undefined;
        const refused = await app.ask(route, undefined, { token });
        expect([refused.status, refused.headers.get('dpop-nonce')]).toEqual([401, expect.any(String)]);
        expect((await app.ask(route, undefined, { token })).status).toBe(200);
      }
      expect(await bindingsOf(host, id)).toEqual([cnf()]);
    });
  },
);
