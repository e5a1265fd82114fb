import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import { AuthEvents, type AnyAuthEvent } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { DEVICE_GRANT } from '../support/device.js';
import { send, type Answer } from '../support/http.js';
import { signUp } from '../support/users.js';

const { MACHINE, SPA } = oauth;
const TV = { clientId: 'tv', grantTypes: [DEVICE_GRANT, 'refresh_token'], scopes: ['openid', 'offline_access'] };
const PLUS = { ...MACHINE, clientId: 'plus+id', clientSecret: 'ab+cd/ef%41gh+ij==' };
const PERCENT = { ...MACHINE, clientId: 'percent', clientSecret: '100%sure%zz' };
const SPACE = { ...MACHINE, clientId: 'space', clientSecret: 'ab cd ef' };
const GRANT = { grant_type: 'client_credentials' };

/** As it is, without form-encoding. */
const raw = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const fault = ({ status, body }: Answer) => [status, body?.error];
const REFUSED = [401, 'invalid_client'];

describe.each(['express', 'fastify'] as const)('F27: clients as they are, on %s', (adapter) => {
  let host: TestApp;
  let events: AnyAuthEvent[];
  beforeAll(async () => {
    host = await oauth.createOAuthApp({
      adapter,
      clients: [MACHINE, SPA, TV, PLUS, PERCENT, SPACE],
      provider: { dynamicRegistration: 'open' },
      auth: { device: {} },
    });
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
  });
  beforeEach(() => {
    events = [];
  });
  afterAll(() => host.close());

  const submit = (route: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    oauth.submit(host, route, fields, headers);
  const token = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    submit('oauth2/token', { ...GRANT, ...fields }, headers);

  describe('RFC 6749 2.3.1 a public client with an empty password', () => {
    it.each(['device/code', 'oauth2/device_authorization', 'oauth/device_authorization'])('at %s', async (route) => {
      const named: Record<string, string>[] = [{}, { client_id: 'tv' }];
      for (const fields of named)
        expect((await submit(route, { scope: 'openid', ...fields }, raw('tv', ''))).status).toBe(200);
    });

    it('polls, refreshes and revokes with it', async () => {
      const user = await signUp(host.url);
      const { body: codes } = await submit('oauth2/device_authorization', {}, raw('tv', ''));
      const poll = { grant_type: DEVICE_GRANT, device_code: codes.device_code };
      expect((await submit('oauth2/token', poll, raw('tv', ''))).body.error).toBe('authorization_pending');
      await send(`${host.url}/api/auth/device?user_code=${codes.user_code}`, { bearer: user.token });
      await send(`${host.url}/api/auth/device/approve`, { bearer: user.token, body: { userCode: codes.user_code } });
      await host.sql(`UPDATE auth_device_authorization SET next_poll_at = now()`);
      const { body: tokens } = await submit('device/token', poll, raw('tv', ''));
      const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      const refreshed = await submit('oauth2/token', refresh, raw('tv', ''));
      expect(refreshed.status).toBe(200);
      const revoked = await submit('oauth2/revoke', { token: refreshed.body.refresh_token }, raw('tv', ''));
      expect([revoked.status, revoked.text]).toEqual([200, '{}']);
      const again = { ...refresh, refresh_token: refreshed.body.refresh_token };
      expect(fault(await submit('oauth2/token', again, raw('tv', '')))).toEqual([400, 'invalid_grant']);
    });

    it('proves no confidential client and no name that there is not, with one answer and its challenge', async () => {
      const wrong = await token({}, raw('machine', 'wrong'));
      for (const id of ['machine', 'nobody', 'x'.repeat(300)]) {
        const answer = await token({}, raw(id, ''));
        expect([answer.status, answer.text, answer.headers.get('www-authenticate')]).toEqual([
          401,
          wrong.text,
          wrong.headers.get('www-authenticate'),
        ]);
      }
      expect(fault(await submit('oauth2/introspect', { token: 'x' }, raw('tv', '')))).toEqual(REFUSED);
      expect(fault(await submit('oauth2/device_authorization', {}, raw('tv', 'x')))).toEqual(REFUSED);
      const other = await submit('oauth2/device_authorization', { client_id: 'spa' }, raw('tv', ''));
      expect(fault(other)).toEqual([400, 'invalid_request']);
    });
  });

  describe('RFC 6749 2.3.1 id and secret that were not form-encoded', () => {
    it.each([PLUS, PERCENT, SPACE])('$clientId: both readings are taken', async ({ clientId, clientSecret }) => {
      expect((await token({}, raw(clientId, clientSecret!))).status).toBe(200);
      expect((await token({ client_id: clientId }, raw(clientId, clientSecret!))).status).toBe(200);
      expect((await token({}, oauth.basic(clientId, clientSecret!))).status).toBe(200);
    });

    it('a reading that is wrong in part is wrong', async () => {
      const { clientId, clientSecret } = PLUS;
      for (const secret of [
        `${clientSecret}+`,
        clientSecret!.replace('+', ' '),
        encodeURIComponent(encodeURIComponent(clientSecret!)),
      ])
        expect(fault(await token({}, raw(clientId, secret)))).toEqual(REFUSED);
      expect(fault(await token({ client_id: 'machine' }, raw(clientId, clientSecret!)))).toEqual([
        400,
        'invalid_request',
      ]);
    });
  });

  it('RFC 7591 2 a client that registered without a method uses Basic or the form; one that named its method that alone', async () => {
    const register = async (metadata: object) => {
      const body = {
        redirect_uris: [oauth.CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
        ...metadata,
      };
      const answer = await send(`${host.url}/api/auth/oauth2/register`, { body });
      expect(answer.status).toBe(201);
      return answer.body;
    };
    /** What the two ways are answered with. */
    const ways = async ({ client_id: id, client_secret: secret }: { client_id: string; client_secret: string }) => {
      const fields = { grant_type: 'refresh_token', refresh_token: 'nar_none' };
      return [
        (await submit('oauth2/token', fields, oauth.basic(id, secret))).body.error,
        (await submit('oauth2/token', { ...fields, client_id: id, client_secret: secret })).body.error,
      ];
    };
    const [PROVEN, NOT] = ['invalid_grant', 'invalid_client'];
    const silent = await register({});
    expect(silent.token_endpoint_auth_method).toBe('client_secret_basic');
    expect(await ways(silent)).toEqual([PROVEN, PROVEN]);
    expect(await ways(await register({ token_endpoint_auth_method: 'client_secret_basic' }))).toEqual([PROVEN, NOT]);
    expect(await ways(await register({ token_endpoint_auth_method: 'client_secret_post' }))).toEqual([NOT, PROVEN]);
    // RFC 7592 2.2: sent back as it was read it stays so; what names another method has that alone.
    const put = (change: object) => {
      const {
        client_id_issued_at: _at,
        client_secret_expires_at: _end,
        registration_client_uri: uri,
        ...rest
      } = silent;
      return send(uri.replace('http://localhost:3000', host.url), {
        method: 'PUT',
        bearer: silent.registration_access_token,
        body: { ...rest, ...change },
      });
    };
    expect((await put({})).status).toBe(200);
    expect(await ways(silent)).toEqual([PROVEN, PROVEN]);
    expect((await put({ token_endpoint_auth_method: 'client_secret_post' })).status).toBe(200);
    expect(await ways(silent)).toEqual([NOT, PROVEN]);
  });

  it('the reason of every failure is in an event or a line of the log, never in the answer, and no secret is in either', async () => {
    const lines: string[] = [];
    const warn = jest
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((line: unknown) => void lines.push(String(line)));
    try {
      const SECRET = 'a-secret-of-a-guesser';
      const tries: [RegExp, Promise<Answer>][] = [
        [/wrong secret/, token({}, oauth.basic('machine', SECRET))],
        [/unknown/, token({}, oauth.basic('nobody', SECRET))],
        [/none.*its methods are client_secret_basic, client_secret_post/, token({ client_id: 'machine' })],
        [/client_secret_post.*its methods are none/, token({ client_id: 'spa', client_secret: SECRET })],
        [/no client was presented/, token({})],
        [/malformed/, token({}, { authorization: 'Basic !!!' })],
        [/no colon/, token({}, { authorization: `Basic ${Buffer.from(SECRET).toString('base64')}` })],
        [/does not authenticate clients/, token({}, { authorization: `Bearer ${SECRET}` })],
        [/assertion/, token(oauth.byAssertion('ey.ey.ey', { client_id: 'machine' }))],
        [/public/, submit('oauth2/introspect', { token: SECRET, client_id: 'spa' })],
        [/unknown/, submit('oauth2/device_authorization', { client_id: 'no\nbody' })],
      ];
      const answers = [];
      for (const [reason, answer] of tries) {
        answers.push((await answer).text);
        expect(lines.filter((line) => reason.test(line))).not.toEqual([]);
      }
      expect(new Set(answers).size).toBe(1);
      expect(lines).toHaveLength(tries.length);
      expect(JSON.stringify([lines, events])).not.toContain(SECRET);
      expect(lines.join('')).not.toMatch(/[\r\n]/);
      const heard = events
        .filter(({ name }) => name === 'oauth-client.authentication-failed')
        .map(({ event }) => event);
      expect(heard).toContainEqual({
        clientId: 'machine',
        endpoint: 'token',
        method: 'client_secret_basic',
        ipAddress: '127.0.0.1',
        reason: 'wrong secret',
      });
    } finally {
      warn.mockRestore();
    }
  });
});

describe('F27: RFC 7523 3 assertions of an hour (Authlib)', () => {
  let host: TestApp;
  let key: oauth.ClientKey;
  beforeAll(async () => {
    key = await oauth.clientKey();
    const signer = { ...MACHINE, clientId: 'signer', clientSecret: undefined, metadata: { jwks: { keys: [key.jwk] } } };
    const { clientSecret: _none, ...client } = signer;
    host = await oauth.createOAuthApp({ clients: [{ ...client, tokenEndpointAuthMethod: 'private_key_jwt' }] });
  });
  afterAll(() => host.close());

  const now = () => Math.floor(Date.now() / 1000);
  const present = (assertion: string) =>
    oauth.submit(host, 'oauth2/token', { ...GRANT, ...oauth.byAssertion(assertion) });

  it('taken, also of a clock that is half a minute fast; good once, and remembered until its end', async () => {
    const iat = now();
    const assertion = await oauth.assertionOf('signer', key, { iat, exp: iat + 3_600, jti: 'an hour' });
    expect((await present(assertion)).status).toBe(200);
    expect(fault(await present(assertion))).toEqual(REFUSED);
    const [row] = await host.sql<{ left: number }>(
      `SELECT extract(epoch FROM expires_at - now())::int AS left FROM auth_client_assertion`,
    );
    expect(row!.left).toBeGreaterThan(3_600 - 60);
    const fast = now() + 25;
    expect((await present(await oauth.assertionOf('signer', key, { iat: fast, exp: fast + 3_600 }))).status).toBe(200);
  });

  it.each([3_700, 7_200, 86_400])('refused when it is for %i seconds', async (seconds) => {
    expect(fault(await present(await oauth.assertionOf('signer', key, { exp: now() + seconds })))).toEqual(REFUSED);
  });
});
