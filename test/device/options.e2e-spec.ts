import { resolveDeviceOptions, type DeviceOptions } from '../../src/device/device.options.js';
import { AuthError } from '../../src/index.js';
import { createTestApp, TEST_SECRET } from '../support/app.js';
import { createDeviceHost, DEVICE_GRANT } from '../support/device.js';
import { send } from '../support/http.js';
import { countAcquired } from '../support/pool.js';
import { signUp } from '../support/users.js';

const resolve = (options: DeviceOptions) => resolveDeviceOptions(options);

describe('options of device', () => {
  it.each<[string, DeviceOptions]>([
    ['device.expiresIn', { expiresIn: '31m' }],
    ['device.expiresIn', { expiresIn: 10 }],
    ['device.interval', { interval: 0 }],
    ['device.verificationUri', { verificationUri: 'device' }],
    ['device.verificationUri', { verificationUri: '/device/:id' }],
    ['device.verificationUri', { verificationUri: '//evil.example/device' }],
    ['device.verificationUri', { verificationUri: 'javascript:alert(1)' }],
    ['device.verificationUri', { verificationUri: '/..' }],
    ['device.verificationUri', { verificationUri: '/go/./device' }],
    ['device.verificationUri', { verificationUri: 'https://user:pass@app.example.com/go' }],
    ['device.verificationUri', { verificationUri: '' }],
    ['device.verificationUri', { verificationUri: 5 } as never],
    ['device.validateClient', { validateClient: ['tv'] } as never],
    ['device.page', { verificationUri: 'https://app.example.com/activate', page: true }],
    ['device.userCode.alphabet', { userCode: { alphabet: '0123' } }],
    ['device.userCode.alphabet', { userCode: { alphabet: '00123456789' } }],
    ['device.userCode.alphabet', { userCode: { alphabet: '0123456789-' } }],
    ['device.userCode.length', { userCode: { length: 5 } }],
    ['device.userCode.grouping', { userCode: { grouping: 9 } }],
    ['device.userCode: 8 of 10 characters are too easy to guess', { userCode: { alphabet: '0123456789' } }],
    ['there is no option "verification_uri"', { verification_uri: '/x' } as DeviceOptions],
  ])('%s stops the boot: %j', (message, options) => {
    expect(() => resolve(options)).toThrow(message);
  });

  it('needs accounts', async () => {
    await expect(createTestApp({ auth: { accounts: false, bearer: false, device: true } })).rejects.toThrow(
      'device needs sessions',
    );
  });

  it('enabled: false answers 404 everywhere, and there is no page and no grant', async () => {
    const host = await createDeviceHost({ enabled: false });
    const user = await signUp(host.url);
    for (const answer of [
      await host.ask(),
      await host.ask({}, { at: 'oauth2/device_authorization' }),
      await host.poll('x'),
      await host.open('BCDF-GHJK', user),
      await host.decide('approve', 'BCDF-GHJK', user),
      await send(`${host.url}/device`),
    ])
      expect(answer.status).toBe(404);
    expect((await host.poll('x', {}, { at: 'oauth2/token' })).body.error).toBe('unsupported_grant_type');
    await host.close();
  });

  it('codes and addresses as they are configured', async () => {
    const userCode = { alphabet: '0123456789', length: 9, grouping: 3 };
    const host = await createDeviceHost({
      verificationUri: 'https://app.example.com/go?lang=en',
      expiresIn: '5m',
      userCode,
    });
    const { body } = await host.ask();
    expect(body).toMatchObject({
      user_code: expect.stringMatching(/^\d{3}-\d{3}-\d{3}$/),
      verification_uri: 'https://app.example.com/go?lang=en',
      verification_uri_complete: `https://app.example.com/go?lang=en&user_code=${body.user_code}`,
      expires_in: 300,
    });
    const user = await signUp(host.url);
    expect((await host.open(body.user_code.replaceAll('-', ' '), user)).body.status).toBe('pending');
    expect((await send(`${host.url}/device`)).status).toBe(404);
    await host.close();
  });

  it('under a global prefix the routes move and the page stays; a path of its own for the page', async () => {
    const host = await createDeviceHost(
      { verificationUri: '/activate' },
      { configure: (app) => app.setGlobalPrefix('v1') },
    );
    expect((await send(`${host.url}/activate`)).text).toContain('id="user-code"');
    const { body } = await send(`${host.url}/v1/api/auth/device/code`, { body: { client_id: 'tv' } });
    expect(body.verification_uri).toBe('http://localhost:3000/activate');
    await host.close();
  });

  it('page: false leaves the path to the host', async () => {
    const host = await createDeviceHost({ page: false });
    expect((await send(`${host.url}/device`)).status).toBe(404);
    expect((await host.ask()).body.verification_uri).toBe('http://localhost:3000/device');
    await host.close();
  });

  it('budget: one statement for the codes, one for a poll', async () => {
    const host = await createDeviceHost();
    let codes = (await host.ask()).body;
    await host.poll(codes.device_code);
    expect(await countAcquired(host, async () => void (codes = (await host.ask()).body))).toBe(1);
    expect(await countAcquired(host, () => host.poll(codes.device_code))).toBe(1);
    await host.close();
  });

  it('codes survive a rotation of the secret', async () => {
    const old = await createDeviceHost();
    const secret = ['another secret for tests only, long enough 987', TEST_SECRET];
    const host = await createDeviceHost({}, { databaseUrl: old.databaseUrl, auth: { secret } });
    const { body: codes } = await old.ask();
    const user = await signUp(host.url);
    expect((await host.open(codes.user_code, user)).body.client_id).toBe('tv');
    await host.decide('approve', codes.user_code, user);
    expect((await host.pollInTime(codes.device_code)).status).toBe(200);
    await host.close();
    await old.close();
  });

  it("the provider's beforeAuthorization has its say when the user approves", async () => {
    const seen: unknown[] = [];
    const veto = (facts: { subjectId: string; client: { clientId: string }; scopes: readonly string[] }) => {
      seen.push([facts.subjectId, facts.client.clientId, facts.scopes]);
      throw AuthError.forbidden('NOT_FOR_YOU', 'This app is not for you');
    };
    const clients = [{ clientId: 'tv', grantTypes: [DEVICE_GRANT], scopes: ['openid'] }];
    const oauthProvider = { clients, hooks: { beforeAuthorization: veto } };
    const host = await createDeviceHost({}, { auth: { oauthProvider } });
    const user = await signUp(host.url);
    const { body: codes } = await host.ask();
    await host.open(codes.user_code, user);
    expect(await host.decide('approve', codes.user_code, user)).toMatchObject({
      status: 403,
      body: { error: 'access_denied', error_description: 'This app is not for you' },
    });
    expect(seen).toEqual([[user.id, 'tv', ['openid']]]);
    expect((await host.pollInTime(codes.device_code)).body.error).toBe('authorization_pending');
    expect((await host.decide('deny', codes.user_code, user)).body).toEqual({ success: true });
    await host.close();
  });

  it('a user code that is taken is made anew', async () => {
    const host = await createDeviceHost();
    await host.sql(`CREATE FUNCTION refuse_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('tries') < 4 THEN
          NEW.user_code_hash := (SELECT user_code_hash FROM auth_device_authorization LIMIT 1);
        END IF;
        RETURN NEW;
      END $$`);
    await host.ask();
    await host.sql('CREATE SEQUENCE tries');
    await host.sql(
      `CREATE TRIGGER taken BEFORE INSERT ON auth_device_authorization FOR EACH ROW EXECUTE FUNCTION refuse_once()`,
    );
    expect((await host.ask()).status).toBe(200);
    expect(await host.sql('SELECT last_value::int AS tries FROM tries')).toEqual([{ tries: 4 }]);
    await host.close();
  });
});
