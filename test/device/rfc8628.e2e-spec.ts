import type { Adapter } from '../support/app.js';
import { API, BASIC, CONSOLE, createDeviceHost, TV, type DeviceHost } from '../support/device.js';
import { send } from '../support/http.js';
import { PWD } from '../support/strength.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each<Adapter>(['express', 'fastify'])('RFC 8628 on %s', (adapter) => {
  let host: DeviceHost;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createDeviceHost({}, { adapter });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  it.each([
    ['device/code', false],
    ['device/code', true],
    ['oauth2/device_authorization', false],
    ['oauth/device_authorization', false],
  ])('3.2 %s answers every member, json: %s', async (at, json) => {
    const answer = await host.ask({ scope: 'openid films:watch' }, { at, json });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const { user_code: userCode } = answer.body;
    expect(answer.body).toEqual({
      device_code: expect.stringMatching(/^nad_[0-9A-Za-z]{49}$/),
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: 'http://localhost:3000/device',
      verification_uri_complete: `http://localhost:3000/device?user_code=${userCode}`,
      expires_in: 900,
      interval: 5,
    });
  });

  it('3.1 parameters: a repeated one is refused, an empty one is absent, an unknown one is ignored, resource may be repeated', async () => {
    const post = (body: string) => send(`${host.url}/api/auth/device/code`, { body: new URLSearchParams(body) });
    expect(await post('client_id=tv&client_id=tv')).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await post('client_id=tv&scope=&foo=bar')).status).toBe(200);
    const resource = encodeURIComponent(API);
    expect((await post(`client_id=tv&resource=${resource}&resource=${resource}`)).status).toBe(200);
    expect(await host.ask({ resource: 'https://other.example/' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
    expect(await host.ask({ scope: 'openid admin' })).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    expect(await host.ask({ user_id: user.id })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('3.1 a confidential client proves itself, here and at the token endpoint', async () => {
    const fields = { client_id: CONSOLE.clientId };
    expect(await host.ask(fields)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const wrong = await host.ask({ ...fields, client_secret: 'wrong' });
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const { body } = await host.ask(fields, { headers: { authorization: BASIC } });
    for (const at of ['device/token', 'oauth2/token'])
      expect(await host.pollInTime(body.device_code, fields, { at })).toMatchObject({ status: 401 });
    const secret = { ...fields, client_secret: CONSOLE.clientSecret };
    expect((await host.pollInTime(body.device_code, secret)).body.error).toBe('authorization_pending');
  });

  it.each(['device/token', 'oauth2/token', 'oauth/token'])(
    '3.5 at %s: pending, slow_down, then the tokens, once',
    async (at) => {
      const { body: codes } = await host.ask({ scope: 'openid email offline_access' });
      const waiting = await host.poll(codes.device_code, {}, { at });
      expect(waiting).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
      expect(waiting.body.error_description).toEqual(expect.any(String));
      expect(waiting.headers.get('cache-control')).toBe('no-store');
      expect(await host.poll(codes.device_code, {}, { at })).toMatchObject({
        status: 400,
        body: { error: 'slow_down' },
      });
      await host.open(codes.user_code, user);
      expect((await host.decide('approve', codes.user_code, user)).body).toEqual({ success: true });
      const { status, body, headers } = await host.pollInTime(
        codes.device_code,
        {},
        { at, json: at === 'device/token' },
      );
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.getSetCookie()).toEqual([]);
      expect(body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 3600,
        expires_at: expect.any(Number),
        scope: 'openid email offline_access',
        refresh_token: expect.any(String),
        id_token: expect.any(String),
      });
      expect(claimsOf(body.id_token)).toMatchObject({ iss: 'http://localhost:3000', aud: TV.clientId, sub: user.id });
      expect(claimsOf(body.id_token)).toMatchObject({ auth_time: expect.any(Number), acr: PWD, amr: ['pwd'] });
      expect((await host.poll(codes.device_code, {}, { at })).body.error).toBe('invalid_grant');
    },
  );

  it('3.5 slow_down: the stored interval grows by 5 seconds every time', async () => {
    const { body: codes } = await host.ask();
    await host.poll(codes.device_code);
    const intervals: number[] = [];
    for (let count = 0; count < 3; count++) {
      expect((await host.poll(codes.device_code)).body.error).toBe('slow_down');
      const [row] = await host.sql<{ seconds: number }>(
        'SELECT poll_interval_seconds AS seconds FROM auth_device_authorization ORDER BY created_at DESC LIMIT 1',
      );
      intervals.push(row!.seconds);
    }
    expect(intervals).toEqual([10, 15, 20]);
    expect((await host.pollInTime(codes.device_code)).body.error).toBe('authorization_pending');
    // The longer interval counts from now on.
    await host.sql(`UPDATE auth_device_authorization SET next_poll_at = next_poll_at - interval '15 seconds'`);
    expect((await host.poll(codes.device_code)).body.error).toBe('slow_down');
  });

  it('3.5 access_denied after the user has said no, and for good', async () => {
    const { body: codes } = await host.ask();
    await host.open(codes.user_code, user);
    expect((await host.decide('deny', codes.user_code, user)).body).toEqual({ success: true });
    for (let count = 0; count < 2; count++)
      expect(await host.pollInTime(codes.device_code)).toMatchObject({ status: 400, body: { error: 'access_denied' } });
    expect(await host.decide('approve', codes.user_code, user)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });

  it('3.5 expired_token, also when it had been approved', async () => {
    const codes = await host.approved(user);
    await host.sql(`UPDATE auth_device_authorization SET expires_at = now() - interval '1 second'`);
    expect(await host.pollInTime(codes.device_code)).toMatchObject({ status: 400, body: { error: 'expired_token' } });
    for (const answer of [await host.open(codes.user_code, user), await host.decide('deny', codes.user_code, user)])
      expect(answer).toMatchObject({ status: 400, body: { error: 'expired_token' } });
  });

  it('3.4 requires grant_type and device_code, and takes no other grant at /device/token', async () => {
    const { body: codes } = await host.ask();
    expect((await host.poll(codes.device_code, { grant_type: '' })).body.error).toBe('invalid_request');
    expect((await host.poll('')).body.error).toBe('invalid_request');
    expect((await host.poll(codes.device_code, { grant_type: 'client_credentials' })).body.error).toBe(
      'unsupported_grant_type',
    );
    for (const bad of ['nad_x', 'x'.repeat(54), codes.user_code])
      expect(await host.poll(bad)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('RFC 8707 2.2: at the token endpoint resources are of those asked for with the codes', async () => {
    const { device_code: narrow } = await host.approved(user, { resource: API, scope: 'films:watch' });
    expect(await host.pollInTime(narrow, { resource: 'https://other.example/' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_target' },
    });
    const { status } = await host.pollInTime(narrow, { resource: API });
    expect(status).toBe(200);
    const [row] = await host.sql(`SELECT audience FROM auth_token_family ORDER BY created_at DESC LIMIT 1`);
    expect(row).toEqual({ audience: [API] });
  });

  it('5.2, 6.1 codes are stored as digests only', async () => {
    const { body: codes } = await host.ask();
    const [row] = await host.sql<{ text: string }>(
      'SELECT t::text AS text FROM auth_device_authorization t ORDER BY created_at DESC LIMIT 1',
    );
    expect(row!.text).not.toContain(codes.device_code);
    expect(row!.text).not.toContain(codes.user_code.replace('-', ''));
  });
});

function claimsOf(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}
