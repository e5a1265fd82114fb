import { Controller, Get } from '@nestjs/common';
import { AuthModule, BearerAuth, CurrentPrincipal, SessionAuth, type AuthPrincipal } from '../../src/index.js';
import { JwtReader } from '../../src/jwt/jwt.reader.js';
import { createTestApp, TEST_ISSUER, testOptions, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { signUp } from '../support/users.js';

const issuer = await new OutsideIssuer().start();
const broken = await new OutsideIssuer().start();
const lying = await new OutsideIssuer().start();

@Controller('probe')
class ProbeController {
  @Get('theirs')
  @BearerAuth({ issuer: issuer.url })
  theirs(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }

  @Get('both')
  @BearerAuth({ issuer: [TEST_ISSUER, issuer.url] })
  both(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }

  @Get('ours')
  @BearerAuth()
  ours() {
    return {};
  }

  @Get('managed')
  @SessionAuth()
  managed() {
    return {};
  }

  @Get('other-audience')
  @BearerAuth({ issuer: issuer.url, audience: 'api://other' })
  otherAudience() {
    return {};
  }

  @Get('broken')
  @BearerAuth({ issuer: broken.url })
  broken() {
    return {};
  }

  @Get('lying')
  @BearerAuth({ issuer: lying.url })
  lying() {
    return {};
  }
}

describe('RFC 9068 4 tokens of trusted outside issuers', () => {
  let host: TestApp;
  beforeAll(async () => {
    const trusted = { audience: 'api://ours' };
    host = await createTestApp({
      controllers: [ProbeController],
      auth: {
        cacheTtl: 0,
        allowPrivateNetwork: true,
        jwt: { trustedIssuers: [issuer, broken, lying].map(({ url }) => ({ issuer: url, ...trusted })) },
      },
    });
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([issuer, broken, lying].map((one) => one.stop()));
  });

  const get = async (path: string, bearer: string) => send(`${host.url}/probe/${path}`, { bearer });

  it('200 on a route that names the issuer; the principal is theirs and cannot be taken for one of ours', async () => {
    const user = await signUp(host.url);
    const answer = await get(
      'theirs',
      await issuer.token({ sub: user.id, sid: user.sessionId, client_id: 'their-app' }),
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      issuer: issuer.url,
      subjectId: `${issuer.url}|${user.id}`,
      clientId: 'their-app',
      sessionId: null,
      credentialType: 'external_jwt',
      scopes: ['read:data'],
      audience: ['api://ours'],
      claims: { iss: issuer.url, sub: user.id, dept: 'sales' },
    });
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('200 a route may take both, told apart by the token', async () => {
    const user = await signUp(host.url);
    const ours = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body.token;
    expect((await get('both', ours)).body.issuer).toBeNull();
    expect((await get('both', await issuer.token())).body.issuer).toBe(issuer.url);
  });

  it('401 everywhere else: bare routes, management, get-session; and ours where only theirs is taken', async () => {
    const token = await issuer.token({ aud: ['api://ours', TEST_ISSUER] });
    expect((await get('theirs', token)).status).toBe(200);
    expect((await get('ours', token)).status).toBe(401);
    expect((await get('managed', token)).status).toBe(401);
    expect((await get('other-audience', token)).status).toBe(401);
    expect((await send(`${host.url}/api/auth/get-session`, { bearer: token })).body).toBeNull();
    const user = await signUp(host.url);
    const ours = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body.token;
    expect((await get('theirs', ours)).status).toBe(401);
    expect((await get('theirs', user.token)).status).toBe(401);
  });

  it.each<[string, () => Promise<string>]>([
    ['another audience', () => issuer.token({ aud: 'api://elsewhere' })],
    ['an ID token (typ JWT)', () => issuer.token({}, { typ: 'JWT' })],
    ['no typ', () => issuer.token({}, { typ: undefined })],
    ['expired', () => issuer.token({ exp: Math.floor(Date.now() / 1000) - 61 })],
    ['not yet valid', () => issuer.token({ nbf: Math.floor(Date.now() / 1000) + 61 })],
    ['an issuer nobody trusts', () => issuer.token({ iss: 'https://evil.example' })],
    ['the issuer with a slash', () => issuer.token({ iss: `${issuer.url}/` })],
    ['our issuer under their key', () => issuer.token({ iss: TEST_ISSUER })],
    ['their issuer under another key', async () => broken.token({ iss: issuer.url })],
    ['an empty subject', () => issuer.token({ sub: '' })],
  ])('401 %s', async (_name, forge) => {
    expect((await get('theirs', await forge())).status).toBe(401);
  });

  it('T052 five hundred unknown kids: one refresh at most, shared by all, and good tokens go on', async () => {
    const before = issuer.requests.length;
    const tokens = await Promise.all(
      Array.from({ length: 500 }, (_, index) => issuer.token({}, { kid: `unknown-${index}` })),
    );
    const answers = await Promise.all(tokens.map((token) => get('theirs', token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    // Inside the cooldown of the first fetch: not even one.
    expect(issuer.requests.length - before).toBeLessThanOrEqual(2);
    expect((await get('theirs', await issuer.token())).status).toBe(200);
  });

  it('T052 once the cooldown is over, a key they have rotated to is fetched', async () => {
    await issuer.rotate('two');
    const token = await issuer.token();
    expect((await get('theirs', token)).status).toBe(401);
    const reader = host.app.get(JwtReader) as unknown as {
      outside: { issuers: Map<string, { keys: { triedAt: number } }> };
    };
    reader.outside.issuers.get(issuer.url)!.keys.triedAt -= 30_001;
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('theirs', token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it.each<[string, typeof issuer.answer]>([
    ['an error', () => ({ status: 500, body: '{}' })],
    ['no JSON', () => ({ body: '<html>' })],
    ['a redirect', () => ({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } })],
    ['more than it may', () => ({ body: JSON.stringify({ filler: 'x'.repeat(300_000) }) })],
    [
      'another issuer',
      () => ({ body: JSON.stringify({ issuer: 'https://evil.example', jwks_uri: `${broken.url}/keys` }) }),
    ],
    [
      'a key set inside the network',
      () => ({ body: JSON.stringify({ issuer: broken.url, jwks_uri: 'http://10.0.0.1/keys' }) }),
    ],
    ['a key set in a file', () => ({ body: JSON.stringify({ issuer: broken.url, jwks_uri: 'file:///etc/passwd' }) })],
  ])('503 while the issuer answers %s; a token is not called bad', async (_name, answer) => {
    const fresh = await createTestApp({
      controllers: [ProbeController],
      auth: { allowPrivateNetwork: true, jwt: { trustedIssuers: [{ issuer: broken.url, audience: 'api://ours' }] } },
    });
    broken.answer = answer;
    broken.requests = [];
    const token = await broken.token();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send(`${fresh.url}/probe/broken`, { bearer: token })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    // One attempt, whatever it was, for all twenty.
    expect(broken.requests).toEqual(['/.well-known/openid-configuration']);
    await fresh.close();
  });
});

describe('the block of jwt', () => {
  it('jwt is off unless its block is given, and needs accounts', async () => {
    const host = await createTestApp();
    expect((await send(`${host.url}/api/auth/jwks`)).status).toBe(404);
    expect(await host.sql('SELECT kid FROM auth_signing_key')).toHaveLength(0);
    await host.close();
    expect(AuthModule.forRoot(testOptions({ jwt: true }))).toBeDefined();
    await expect(createTestApp({ auth: { accounts: false, bearer: false, jwt: true } })).rejects.toThrow(
      /jwt needs sessions/,
    );
  });
});
