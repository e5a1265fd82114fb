import { Controller, Get } from '@nestjs/common';
import { ApiKeysService, Auth, BearerAuth, Scopes, StepUp } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { createOAuthApp, MACHINE, proof, submit, WEB } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { MFA, PHR, PWD, signedInBy } from '../support/strength.js';
import { signUp, type SignedInUser } from '../support/users.js';

@Controller('pay')
@Auth('bearer', 'session', 'apiKey')
class PayController {
  @Get('recent') @StepUp({ maxAge: '5m' }) recent() {
    return { reached: true };
  }
  @Get('password') @StepUp({ acr: PWD }) password() {
    return { reached: true };
  }
  @Get('strong') @StepUp({ acr: MFA }) strong() {
    return { reached: true };
  }
  @Get('any') @StepUp({ acr: ['urn:gold', MFA] }) any() {
    return { reached: true };
  }
  @Get('scoped') @Scopes('nobody:has') @StepUp({ acr: PHR }) scoped() {
    return { reached: true };
  }
}

@Controller('vault')
@BearerAuth()
@StepUp({ acr: MFA, maxAge: '10m' })
class VaultController {
  @Get() open() {
    return { reached: true };
  }
  @Get('inner') @StepUp({ acr: PHR, maxAge: '1m' }) inner() {
    return { reached: true };
  }
}

const TWO_FACTORS = ['pwd', 'otp', 'mfa'];

describe.each(['express', 'fastify'] as const)('@StepUp on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createOAuthApp({
      adapter,
      clients: [WEB, MACHINE],
      controllers: [PayController, VaultController],
      auth: { cacheTtl: 0, apiKeys: true },
    });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    user = await signUp(host.url);
  });

  const get = (path: string, headers: Record<string, string>) => send(`${host.url}/${path}`, { headers });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  /** Of everything that a user may present: all made from the same sign-in. */
  const credentials = async (): Promise<[string, Record<string, string>][]> => {
    const jwt = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body.token as string;
    const pair = (await send(`${host.url}/api/auth/token/issue`, { body: {}, bearer: user.token })).body;
    return [
      ['session token', bearer(user.token)],
      ['cookie', { cookie: user.cookie }],
      ['access token', bearer(pair.accessToken)],
      ['JWT', bearer(jwt)],
    ];
  };

  it('RFC 9470 3: the strength of the sign-in counts, whatever is presented; a higher one suffices', async () => {
    for (const [amr, outcomes] of [
      [[], [401, 401]],
      [['pwd'], [200, 401]],
      [TWO_FACTORS, [200, 200]],
      [
        ['hwk', 'user'],
        [200, 200],
      ],
    ] as const) {
      await signedInBy(host, user.id, { amr });
      for (const [name, headers] of await credentials()) {
        const [password, strong] = [await get('pay/password', headers), await get('pay/strong', headers)];
        expect([name, amr, password.status, strong.status]).toEqual([name, amr, ...outcomes]);
      }
    }
  });

  it('RFC 9470 3: the age of the sign-in counts, whatever is presented', async () => {
    await signedInBy(host, user.id, { secondsAgo: 290 });
    for (const [name, headers] of await credentials())
      expect([name, (await get('pay/recent', headers)).status]).toEqual([name, 200]);
    await signedInBy(host, user.id, { secondsAgo: 302 });
    for (const [name, headers] of await credentials())
      expect([name, (await get('pay/recent', headers)).status]).toEqual([name, 401]);
  });

  it('RFC 9470 3: the challenge names the error, the strengths in their order and the age; so does the body', async () => {
    const refused = await get('pay/any', bearer(user.token));
    expect([refused.status, refused.body]).toEqual([
      401,
      {
        code: 'INSUFFICIENT_USER_AUTHENTICATION',
        message: expect.any(String),
        error: 'insufficient_user_authentication',
        statusCode: 401,
        details: { acr_values: `urn:gold ${MFA}` },
      },
    ]);
    const challenge = refused.headers.get('www-authenticate')!;
    expect(challenge).toMatch(/^Bearer realm="[^"]+", error="insufficient_user_authentication", error_description="/);
    expect(challenge).toContain(`acr_values="urn:gold ${MFA}"`);
    expect(challenge).not.toContain('max_age');
    await signedInBy(host, user.id, { secondsAgo: 600 });
    const old = (await get('pay/recent', bearer(user.token))).headers.get('www-authenticate');
    expect(old).toContain('max_age="300"');
    expect(old).not.toContain('acr_values');
  });

  it('RFC 9470 3: class and method add up, in one challenge: the strongest, and the shortest age, whichever is lacking', async () => {
    const inner = async () => {
      const { status, headers } = await get('vault/inner', bearer(user.token));
      return [status, headers.get('www-authenticate')?.replace(/^.*?acr_values/, 'acr_values') ?? null];
    };
    const asked = `acr_values="${PHR}", max_age="60"`;
    await signedInBy(host, user.id, { amr: ['pwd'] });
    expect(await inner()).toEqual([401, asked]);
    await signedInBy(host, user.id, { amr: TWO_FACTORS });
    expect((await get('vault', bearer(user.token))).status).toBe(200);
    expect(await inner()).toEqual([401, asked]);
    await signedInBy(host, user.id, { amr: ['hwk', 'user'], secondsAgo: 70 });
    expect(await inner()).toEqual([401, asked]);
    await signedInBy(host, user.id, { amr: ['hwk', 'user'], secondsAgo: 0 });
    expect(await inner()).toEqual([200, null]);
  });

  it('first the scope: who may not do it at all is not asked to sign in', async () => {
    const refused = await get('pay/scoped', bearer(user.token));
    expect([refused.status, refused.body.code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
  });

  it('nobody has signed in behind an API key or a client of its own accord: 401, for strength and for age', async () => {
    const owner = { kind: 'user', id: user.id } as const;
    const { key } = await host.app.get(ApiKeysService, { strict: false }).create({ owner, name: 'key' });
    const granted = await submit(host, 'oauth2/token', { grant_type: 'client_credentials' }, proof(MACHINE));
    for (const headers of [{ 'x-api-key': key }, bearer(granted.body.access_token)])
      for (const path of ['pay/password', 'pay/recent']) {
        const { status, body } = await get(path, headers);
        expect([path, status, body.code]).toEqual([path, 401, 'INSUFFICIENT_USER_AUTHENTICATION']);
      }
  });

  it('T134 a bad credential is no weak one: 401 invalid_token, without acr_values', async () => {
    const refused = await get('pay/strong', bearer('nas_bad'));
    expect([refused.status, refused.body.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(refused.headers.get('www-authenticate')).not.toContain('acr_values');
    const none = await get('pay/strong', {});
    expect(none.headers.get('www-authenticate')).not.toContain('error');
  });
});

describe('@StepUp, declared', () => {
  it.each([
    [{}, /give acr, maxAge or both/],
    [{ acr: [] }, /give one value or more/],
    [{ acr: '' }, /give one value or more/],
    [{ acr: 'a b' }, /give one value or more/],
    [{ acr: 'a"b' }, /give one value or more/],
    [{ maxAge: 0 }, /maxAge/],
    [{ maxAge: '0s' }, /maxAge/],
    [{ maxAge: '500d' }, /maxAge/],
    [{ maxAge: 'soon' }, /maxAge/],
  ] as const)('%j: the class does not load', (requirement, message) => {
    expect(() => StepUp(requirement as object)).toThrow(message);
  });
});
