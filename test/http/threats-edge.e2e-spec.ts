import { connect } from 'node:net';
import { Controller, Get } from '@nestjs/common';
import { BearerAuth } from '../../src/index.js';
import { flood, rawHeader, rawRequest, sendRaw } from '../support/raw.js';
import { TEST_PASSWORD } from '../support/users.js';
import { AUTH, BARE_POST_ROUTES, createTarget, GET_ROUTES, POST_ROUTES, type Target } from '../support/attack.js';

@Controller('vault')
class VaultController {
  @Get('gold')
  @BearerAuth()
  gold() {
    return { opened: true };
  }
}

describe.each(['express', 'fastify'] as const)('The edge on %s', (adapter) => {
  let target: Target;
  beforeAll(async () => {
    target = await createTarget(adapter, { controllers: [VaultController] });
  });
  afterAll(() => target.close());

  const credentials = () => JSON.stringify({ email: target.user.email, password: TEST_PASSWORD });

  describe('T005 size', () => {
    it('413 for one byte more than 64 KiB, told by Content-Length, at every route', async () => {
      await target.expectNothingWritten(async () => {
        for (const { route } of POST_ROUTES) {
          const body = `{"a":"${'x'.repeat(65_536 - 7)}"}`;
          const answer = await target.attack('POST', `${AUTH}/${route}`, { body, signedIn: true });
          target.expectRefused(answer, [413]);
          expect(rawHeader(answer, 'connection')).toEqual(['close']);
        }
      });
    });

    it('64 KiB exactly are read', async () => {
      const body = `{"a":"${'x'.repeat(65_536 - 8)}"}`;
      expect(Buffer.byteLength(body)).toBe(65_536);
      target.expectRefused(await target.attack('POST', `${AUTH}/sign-in/email`, { body }), [400]);
    });

    it('413 for a chunked body without end, of which next to nothing is taken in', async () => {
      const { status, sent } = await flood(target.url, `${AUTH}/sign-in/email`);
      expect(status).toBe(413);
      // What the kernel buffers on both sides; the server reads 64 KiB.
      expect(sent).toBeLessThan(32 * 1024 * 1024);
    });

    it('a Content-Length of gigabytes is refused before anything is read', async () => {
      const lines = ['Content-Type: application/json', 'Content-Length: 4000000000'];
      target.expectRefused(await sendRaw(target.url, rawRequest('POST', `${AUTH}/sign-in/email`, lines)), [413]);
    });

    it('a client that goes away in the middle of its body does no harm', async () => {
      const { hostname, port } = new URL(target.url);
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          const lines = ['Content-Type: application/json', 'Content-Length: 1000'];
          socket.write(rawRequest('POST', `${AUTH}/sign-in/email`, lines), () => socket.destroy());
        });
        socket.on('close', () => resolve());
      });
      expect((await target.attack('GET', `${AUTH}/get-session`)).status).toBe(200);
    });
  });

  describe('T007 methods', () => {
    it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
      '404 in our shape for %s where POST is meant',
      async (method) => {
        await target.expectNothingWritten(async () => {
          for (const route of [...POST_ROUTES.map(({ route: name }) => name), ...BARE_POST_ROUTES])
            target.expectRefused(await target.attack(method, `${AUTH}/${route}`, { signedIn: true }), [404]);
        });
      },
    );

    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('404 in our shape for %s where GET is meant', async (method) => {
      for (const route of GET_ROUTES) {
        const expected = [method === 'POST' && route === 'get-session' ? 405 : 404];
        const answer = await target.attack(method, `${AUTH}/${route}`, { body: '{}', signedIn: true });
        target.expectRefused(answer, expected);
      }
    });

    it.each(['HEAD', 'OPTIONS', 'TRACE'])('%s does nothing anywhere', async (method) => {
      await target.expectNothingWritten(async () => {
        for (const route of [...POST_ROUTES.map(({ route: name }) => name), ...BARE_POST_ROUTES, ...GET_ROUTES]) {
          const { status } = await target.attack(method, `${AUTH}/${route}`, { signedIn: true });
          expect(status).toBeLessThan(500);
        }
      });
    });

    it('an unknown method is refused', async () => {
      const { status } = await target.attack('BREW', `${AUTH}/get-session`);
      expect(status).toBe(400);
    });

    it('X-HTTP-Method-Override is not believed', async () => {
      const headers = ['X-HTTP-Method-Override: POST', 'X-Method-Override: POST'];
      target.expectRefused(await target.attack('GET', `${AUTH}/sign-out`, { headers, signedIn: true }), [404]);
    });
  });

  describe('T012 other spellings of a path', () => {
    it.each([
      '/api/auth//sign-in/email',
      '//api/auth/sign-in/email',
      '/api//auth/sign-in/email',
      '/api/auth/sign-in//email',
      '/api/auth/sign-in/email//',
      '/api/auth/sign-in/email/.',
      '/api/auth/sign-in/email/%2e',
      '/api/auth/sign-in/email/./',
      '/api/auth/sign-in/email%2f',
      '/api/auth/sign-in/email;x=1',
      '/api/auth;x/sign-in/email',
      '/api/auth/./sign-in/email',
      '/api/auth/x/../sign-in/email',
      '/api/auth/%2e/sign-in/email',
      '/api/auth/x/%2e%2e/sign-in/email',
      '/api/auth/sign-in%2Femail',
      '/api/auth%2fsign-in/email',
      '/api/auth/sign-in%5Cemail',
      '/api/auth/sign-in\\email',
      '/api/auth/sign-in/email.',
      '/api/auth/sign-in/email%20',
      '/api/auth/sign-in/email%00',
      '/api/auth/sign-in/%65mail',
      '/api/auth/%73ign-in/email',
      '/%61pi/auth/sign-in/email',
      '/API/auth/sign-in/email',
      '/api/auth/Sign-In/email',
      '/api/auth/sign-in/EMAIL',
      '/api/auth/sign-in/email%3Fx',
      '/api/auth/sign-in/email%23x',
      '/api/auth/sign-%c4%b1n/email',
      'http://localhost/api/auth/sign-in/email',
    ])('%s does not sign in', async (path) => {
      await target.expectNothingWritten(async () => {
        const answer = await target.attack('POST', path, { body: credentials() });
        expect([400, 404]).toContain(answer.status);
      });
    });

    it.each([
      '/vault//gold',
      '//vault/gold',
      '/vault/gold/',
      '/vault/gold;x',
      '/vault/./gold',
      '/vault/%67old',
      '/VAULT/GOLD',
      '/vault/x/../gold',
      '/vault%2fgold',
      '/vault/gold%00',
    ])('the guard of a host’s route stands at every spelling of it: %s', async (path) => {
      const { status, body } = await target.attack('GET', path);
      expect([400, 401, 404]).toContain(status);
      expect(body).not.toContain('opened');
    });
  });

  describe('T013 forged addresses of the server', () => {
    const forged = [
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'Forwarded: host=evil.example;proto=https',
    ];

    it('nothing of them is believed: cookie, realm and links come from the issuer', async () => {
      const path = `${AUTH}/sign-in/email`;
      const lines = ['Content-Type: application/json', ...forged];
      const request = rawRequest('POST', path, lines, credentials())
        .toString('latin1')
        .replace('Host: localhost', 'Host: evil.example');
      const answer = await sendRaw(target.url, request);
      expect(answer.status).toBe(200);
      const [cookie] = rawHeader(answer, 'set-cookie');
      expect(cookie).toMatch(/^better-auth\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
      const refused = await target.attack('GET', '/vault/gold', { headers: forged });
      expect(rawHeader(refused, 'www-authenticate')).toEqual(['Bearer realm="localhost:3000"']);
    });

    it('403 for an origin that only the Host header makes its own', async () => {
      await target.expectNothingWritten(async () => {
        const lines = ['Content-Type: application/json', 'Origin: http://evil.example'];
        const request = rawRequest('POST', `${AUTH}/sign-in/email`, lines, credentials());
        const text = request.toString('latin1').replace('Host: localhost', 'Host: evil.example');
        target.expectRefused(await sendRaw(target.url, text), [403]);
      });
    });
  });

  describe('T015 what goes into headers', () => {
    it.each(['/a\r\nSet-Cookie: x=1', '/a\nb', '/a\rb', '/a\u0085b', '/\u2028'])(
      '403 or one harmless line for the callback %j',
      async (callbackURL) => {
        const body = JSON.stringify({ email: target.user.email, password: TEST_PASSWORD, callbackURL });
        const answer = await target.attack('POST', `${AUTH}/sign-in/email`, { body });
        expect(rawHeader(answer, 'set-cookie').filter((line) => line.startsWith('x='))).toEqual([]);
        for (const line of rawHeader(answer, 'location')) expect(line).toMatch(/^[\x21-\x7E]+$/);
        expect([200, 403]).toContain(answer.status);
      },
    );

    it('200 for a callback that is not ASCII, percent-encoded in Location', async () => {
      const callbackURL = '/größe/€?name=ł#文';
      const body = JSON.stringify({ email: target.user.email, password: TEST_PASSWORD, callbackURL });
      const answer = await target.attack('POST', `${AUTH}/sign-in/email`, { body });
      expect(answer.status).toBe(200);
      expect(rawHeader(answer, 'location')).toEqual([encodeURI(callbackURL)]);
    });

    it('header values that are no text of ours are stored or ignored, never an error', async () => {
      const headers = [
        'User-Agent: \xff\xfe <script>',
        'Origin: http://localhost:3000',
        'Cookie: a=\xff; better-auth.session_token=\xff',
      ];
      expect((await target.attack('POST', `${AUTH}/sign-in/email`, { body: credentials(), headers })).status).toBe(200);
      const long = await target.attack('POST', `${AUTH}/sign-in/email`, {
        body: credentials(),
        headers: [`User-Agent: ${'x'.repeat(9_000)}`],
      });
      expect(long.status).toBe(200);
    });
  });
});
