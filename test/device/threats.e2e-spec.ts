import { CONSOLE, createDeviceHost, WEB_APP, type DeviceHost } from '../support/device.js';
import { send } from '../support/http.js';
import { countAcquired } from '../support/pool.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('threats to the device flow', () => {
  let host: DeviceHost;
  let user: SignedInUser;
  let other: SignedInUser;
  beforeAll(async () => {
    host = await createDeviceHost();
    [user, other] = [await signUp(host.url), await signUp(host.url)];
  });
  afterAll(() => host.close());

  const rows = () => host.sql('SELECT * FROM auth_device_authorization ORDER BY id');

  describe('T100 the user who opens a code decides', () => {
    it('T100 approve and deny without opening it: 400', async () => {
      const { body } = await host.ask();
      for (const decision of ['approve', 'deny'] as const)
        expect(await host.decide(decision, body.user_code, user)).toMatchObject({
          status: 400,
          body: { error: 'invalid_request', error_description: expect.any(String) },
        });
      expect((await host.pollInTime(body.device_code)).body.error).toBe('authorization_pending');
    });

    it('T100 somebody else: 403, and they are told neither client nor scope', async () => {
      const { body } = await host.ask({ scope: 'openid' });
      const opened = await host.open(body.user_code, user);
      expect(opened.body).toEqual({ user_code: body.user_code, status: 'pending', client_id: 'tv', scope: 'openid' });
      expect((await host.open(body.user_code, other)).body).toEqual({ user_code: body.user_code, status: 'pending' });
      for (const decision of ['approve', 'deny'] as const)
        expect(await host.decide(decision, body.user_code, other)).toMatchObject({
          status: 403,
          body: { error: 'access_denied' },
        });
      expect((await host.decide('approve', body.user_code, user)).body).toEqual({ success: true });
    });

    it('T100 a stranger opens without claiming, and decides nothing: 401', async () => {
      const { body } = await host.ask();
      expect((await host.open(body.user_code)).body).toEqual({ user_code: body.user_code, status: 'pending' });
      for (const decision of ['approve', 'deny'] as const)
        expect(await host.decide(decision, body.user_code)).toMatchObject({
          status: 401,
          body: { error: 'unauthorized' },
        });
      expect((await host.open(body.user_code, user)).body.client_id).toBe('tv');
    });

    it('T100 what is decided stays decided', async () => {
      const codes = await host.approved(user);
      expect((await host.decide('deny', codes.user_code, user)).body.error).toBe('invalid_request');
      expect((await host.open(codes.user_code, user)).body.status).toBe('approved');
      expect((await host.pollInTime(codes.device_code)).status).toBe(200);
      expect(await host.open(codes.user_code, user)).toMatchObject({ status: 404, body: { error: 'invalid_request' } });
    });
  });

  it('T101 no GET approves, in the API either', async () => {
    const { body } = await host.ask();
    await host.open(body.user_code, user);
    for (const path of ['device/approve', 'device/deny'])
      for (const query of [`userCode=${body.user_code}`, `user_code=${body.user_code}`])
        expect((await send(`${host.url}/api/auth/${path}?${query}`, { bearer: user.token })).status).toBe(404);
    expect((await host.pollInTime(body.device_code)).body.error).toBe('authorization_pending');
  });

  it('T101 a page of another site cannot approve with the cookie', async () => {
    const { body } = await host.ask();
    await host.open(body.user_code, user);
    const headers = { cookie: user.cookie, origin: 'https://evil.example' };
    const attack = await send(`${host.url}/api/auth/device/approve`, { headers, body: { userCode: body.user_code } });
    expect(attack.status).toBe(403);
    const form = await send(`${host.url}/api/auth/device/approve`, {
      headers: { cookie: user.cookie, origin: 'http://localhost:3000' },
      body: new URLSearchParams({ userCode: body.user_code }),
    });
    expect(form.status).toBe(415);
    expect((await host.pollInTime(body.device_code)).body.error).toBe('authorization_pending');
  });

  it("T101 another site opens nothing in a user's browser, and burns none of their tries", async () => {
    const { body } = await host.ask();
    const url = `${host.url}/api/auth/device?user_code=${body.user_code}`;
    const crossSite = { cookie: user.cookie, 'sec-fetch-site': 'cross-site' };
    expect((await send(url, { headers: crossSite })).status).toBe(403);
    expect((await send(url, { headers: { ...crossSite, origin: 'https://evil.example' } })).status).toBe(403);
    expect((await host.open(body.user_code, other)).body.client_id).toBe('tv');
    const own = { ...crossSite, origin: 'http://localhost:3000' };
    expect((await send(url, { headers: own })).status).toBe(200);
  });

  it('T102 too early a poll waits 5 seconds longer, also while the user decides; a poll in another name costs nothing', async () => {
    const { body: codes } = await host.ask();
    await host.poll(codes.device_code);
    await host.open(codes.user_code, user);
    await host.decide('approve', codes.user_code, user);
    const before = await rows();
    const stolen = await host.poll(codes.device_code, {
      client_id: CONSOLE.clientId,
      client_secret: CONSOLE.clientSecret,
    });
    expect(stolen.body.error).toBe('invalid_grant');
    expect(await rows()).toEqual(before);
    expect(await host.poll(codes.device_code)).toMatchObject({ status: 400, body: { error: 'slow_down' } });
    expect((await host.pollInTime(codes.device_code)).status).toBe(200);
  });

  it('T103 again after the tokens: invalid_grant, and nothing new', async () => {
    const codes = await host.approved(user);
    expect((await host.pollInTime(codes.device_code)).status).toBe(200);
    const families = () => host.sql('SELECT id FROM auth_token_family ORDER BY id');
    const before = await families();
    for (const at of ['device/token', 'oauth2/token'])
      expect(await host.poll(codes.device_code, {}, { at })).toMatchObject({
        status: 400,
        body: { error: 'invalid_grant' },
      });
    expect(await families()).toEqual(before);
  });

  describe('T104 the client comes before everything else', () => {
    const scope = 'no such scope "';

    it.each([
      ['an unknown client', { client_id: 'nobody', scope }, 401, 'invalid_client'],
      ['a confidential one without proof', { client_id: CONSOLE.clientId, scope }, 401, 'invalid_client'],
      ['a wrong secret', { client_id: CONSOLE.clientId, client_secret: 'x', scope }, 401, 'invalid_client'],
      [
        'one without the grant',
        { client_id: WEB_APP.clientId, client_secret: WEB_APP.clientSecret, scope },
        400,
        'unauthorized_client',
      ],
    ])('T104 %s', async (_name, fields, status, error) => {
      const before = await rows();
      for (const at of ['device/code', 'oauth2/device_authorization'])
        expect(await host.ask(fields as unknown as Record<string, string>, { at })).toMatchObject({
          status,
          body: { error },
        });
      const codes = await host.approved(user);
      for (const at of ['device/token', 'oauth2/token'])
        expect(
          await host.pollInTime(codes.device_code, fields as unknown as Record<string, string>, { at }),
        ).toMatchObject({ status, body: { error } });
      expect((await host.poll(codes.device_code)).status).toBe(200);
      expect(await rows()).toHaveLength(before.length);
    });

    it("T104 another client's code is unknown to it", async () => {
      const codes = await host.approved(user);
      const fields = { client_id: CONSOLE.clientId, client_secret: CONSOLE.clientSecret };
      expect((await host.pollInTime(codes.device_code, fields)).body.error).toBe('invalid_grant');
      expect((await host.poll(codes.device_code)).status).toBe(200);
    });
  });

  describe('T105 noise around a code', () => {
    it('T105 lower case, spaces and dashes are forgiven', async () => {
      const { body } = await host.ask();
      const noisy = ` ${body.user_code.toLowerCase().replace('-', ' \u2013 ')} `;
      expect((await host.open(noisy, user)).body).toMatchObject({ user_code: noisy, client_id: 'tv' });
      expect((await host.decide('approve', noisy, user)).body).toEqual({ success: true });
    });

    it.each([
      ['a vowel', 'BCDF-GHJA'],
      ['a look-alike', 'BCDF-GHJ\u0412'],
      ['too short', 'BCDF'],
      ['10 KB', 'B'.repeat(10_240)],
      ['SQL', "' OR 1=1 --"],
      ['nothing', ''],
      ['one that nobody has', 'ZZZZ-ZZZZ'],
    ])('T105 %s: the same 404', async (_name, code) => {
      const expected = {
        status: 404,
        body: { error: 'invalid_request', error_description: 'There is no device with this code' },
      };
      expect(await host.open(code, user)).toMatchObject(expected);
      expect(await host.open(code)).toMatchObject(expected);
      for (const decision of ['approve', 'deny'] as const)
        expect(await host.decide(decision, code, user)).toMatchObject(expected);
    });

    it('T105 what cannot be a code is refused before any query; NUL, numbers and lists are refused as input', async () => {
      await host.open('BCDF-GHJA', user);
      expect(await countAcquired(host, () => host.open('BCDF-GHJA', user))).toBe(0);
      expect(await countAcquired(host, () => host.open('B'.repeat(10_240), user))).toBe(0);
      expect((await host.open('BCDF\0GHJK', user)).status).toBe(400);
      for (const userCode of [1, null, ['BCDF-GHJK'], { a: 1 }])
        expect(
          await send(`${host.url}/api/auth/device/approve`, { bearer: user.token, body: { userCode } }),
        ).toMatchObject({
          status: 400,
          body: { error: 'invalid_request' },
        });
    });

    it('T105 nobody names the user for whom they approve', async () => {
      const { body } = await host.ask();
      await host.open(body.user_code, user);
      const answer = await send(`${host.url}/api/auth/device/approve`, {
        bearer: user.token,
        body: { userCode: body.user_code, userId: other.id },
      });
      expect(answer.status).toBe(400);
    });
  });
});
