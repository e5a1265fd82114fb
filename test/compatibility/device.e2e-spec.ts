import { createAuthClient } from 'better-auth/client';
import { deviceAuthorizationClient } from 'better-auth/client/plugins';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as oidc from 'openid-client';
import { Browser } from '../support/browser.js';
import { createDeviceHost, DEVICE_GRANT, type DeviceHost } from '../support/device.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { until } from '../support/until.js';
import { signUp, TEST_PASSWORD, type SignedInUser } from '../support/users.js';
import type { LooseClient } from '../support/better-auth-clients.js';

const CLI = fileURLToPath(new URL('../../examples/device-cli/device-cli.mjs', import.meta.url));
const create = createAuthClient as unknown as (options: object) => LooseClient;

/** The server at its own address, so that clients find it by its metadata. */
describe('clients of the device flow against the running server', () => {
  let host: DeviceHost;
  let user: SignedInUser;
  let issuer: string;
  beforeAll(async () => {
    const port = await freePort();
    issuer = `http://127.0.0.1:${port}`;
    host = await createDeviceHost({ interval: 1 }, { port, auth: { issuer } });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  /** Lets the user say yes or no to the code, or the code expire. */
  async function settle(userCode: string, outcome: 'approve' | 'deny' | 'expire'): Promise<void> {
    await host.open(userCode, user);
    if (outcome === 'expire')
      await host.sql(`UPDATE auth_device_authorization SET expires_at = now() - interval '1 second'`);
    else expect((await host.decide(outcome, userCode, user)).status).toBe(200);
  }
  /** The next poll comes too early, however patient the client is. */
  const hurry = () => host.sql(`UPDATE auth_device_authorization SET next_poll_at = now() + interval '1 hour'`);
  const calm = () => host.sql(`UPDATE auth_device_authorization SET next_poll_at = now()`);

  describe('better-auth/client 1.7.25 with deviceAuthorizationClient()', () => {
    const clientOf = (browser: Browser) =>
      create({
        baseURL: host.url,
        plugins: [deviceAuthorizationClient()],
        fetchOptions: { customFetchImpl: browser.fetch },
      }) as any;

    async function begun(clientId = 'tv') {
      const device = clientOf(new Browser(issuer));
      const person = clientOf(new Browser(issuer));
      await person.signUp.email({ email: `ba-${Math.random()}@example.com`, password: TEST_PASSWORD, name: 'User' });
      const { data: codes, error } = await device.device.code({ client_id: clientId, scope: 'openid email' });
      expect(error).toBeNull();
      const poll = async (early = false) => {
        if (!early) await host.sql(`UPDATE auth_device_authorization SET next_poll_at = now() - interval '1 second'`);
        return device.device.token({ grant_type: DEVICE_GRANT, device_code: codes.device_code, client_id: clientId });
      };
      return { person, codes, poll };
    }

    it('pending, slow_down, approved', async () => {
      const { person, codes, poll } = await begun();
      expect((await poll()).error).toMatchObject({ status: 400, error: 'authorization_pending' });
      expect((await poll(true)).error).toMatchObject({ status: 400, error: 'slow_down' });
      expect((await person.device.approve({ userCode: codes.user_code })).error).toMatchObject({ status: 400 });
      const { data } = await person.device({ query: { user_code: codes.user_code } });
      expect(data).toEqual({ user_code: codes.user_code, status: 'pending', client_id: 'tv', scope: 'openid email' });
      expect((await person.device.approve({ userCode: codes.user_code })).data).toEqual({ success: true });
      const { data: tokens } = await poll();
      expect(tokens).toMatchObject({ access_token: expect.any(String), token_type: 'Bearer', scope: 'openid email' });
      const session = await send(`${host.url}/api/auth/get-session`, { bearer: tokens.access_token });
      expect(session.body.user.email).toMatch(/^ba-/);
      expect((await poll(true)).error).toMatchObject({ status: 400, error: 'invalid_grant' });
    });

    it('denied, expired, unknown, and nobody signed in', async () => {
      const denied = await begun();
      await denied.person.device({ query: { user_code: denied.codes.user_code } });
      expect((await denied.person.device.deny({ userCode: denied.codes.user_code })).data).toEqual({ success: true });
      expect((await denied.poll()).error).toMatchObject({ status: 400, error: 'access_denied' });
      const late = await begun();
      await host.sql(`UPDATE auth_device_authorization SET expires_at = now() - interval '1 second'`);
      expect((await late.poll()).error).toMatchObject({ status: 400, error: 'expired_token' });
      expect((await late.person.device.approve({ userCode: 'ZZZZ-ZZZZ' })).error).toMatchObject({ status: 404 });
      const stranger = clientOf(new Browser(issuer));
      expect((await stranger.device.approve({ userCode: 'ZZZZ-ZZZZ' })).error).toMatchObject({ status: 401 });
    });
  });

  it('better-auth/client without a provider behind it: the token is a session', async () => {
    const alone = await createDeviceHost({}, { alone: true });
    const clientOf = () =>
      create({
        baseURL: alone.url,
        plugins: [deviceAuthorizationClient()],
        fetchOptions: { customFetchImpl: new Browser().fetch },
      }) as any;
    const [tv, person] = [clientOf(), clientOf()];
    await person.signUp.email({ email: 'alone@example.com', password: TEST_PASSWORD, name: 'User' });
    const { data: codes } = await tv.device.code({ client_id: 'living-room-tv', scope: 'openid profile' });
    await person.device({ query: { user_code: codes.user_code } });
    await person.device.approve({ userCode: codes.user_code });
    const { data } = await tv.device.token({
      grant_type: DEVICE_GRANT,
      device_code: codes.device_code,
      client_id: 'living-room-tv',
    });
    expect(data).toMatchObject({ token_type: 'Bearer', expires_in: 604_800, scope: 'openid profile' });
    const session = await tv.getSession({
      fetchOptions: { headers: { authorization: `Bearer ${data.access_token}` } },
    });
    expect(session.data.user.email).toBe('alone@example.com');
    await alone.close();
  });

  describe('openid-client 6', () => {
    async function begun() {
      const config = await oidc.discovery(new URL(issuer), 'tv', undefined, oidc.None(), {
        execute: [oidc.allowInsecureRequests],
      });
      const codes = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email offline_access' });
      return { config, codes };
    }

    it('pending, slow_down, approved', async () => {
      const { config, codes } = await begun();
      const seen: string[] = [];
      config[oidc.customFetch] = async (url, options) => {
        const response = await fetch(url, options as RequestInit);
        if (response.status !== 400) return response;
        const { error } = (await response.clone().json()) as { error: string };
        seen.push(error);
        if (error === 'authorization_pending') await hurry();
        if (error === 'slow_down') await calm().then(() => settle(codes.user_code, 'approve'));
        return response;
      };
      const tokens = await oidc.pollDeviceAuthorizationGrant(config, codes);
      expect(seen).toEqual(['authorization_pending', 'slow_down']);
      expect(tokens.claims()).toMatchObject({ sub: user.id, iss: issuer });
      expect((await oidc.fetchUserInfo(config, tokens.access_token, user.id)).email).toBe(user.email);
      expect(tokens.refresh_token).toEqual(expect.any(String));
    }, 60_000);

    it.each([
      ['deny', 'access_denied'],
      ['expire', 'expired_token'],
    ] as const)('%s: %s', async (outcome, error) => {
      const { config, codes } = await begun();
      await settle(codes.user_code, outcome);
      await expect(oidc.pollDeviceAuthorizationGrant(config, codes)).rejects.toMatchObject({ error });
    });
  });

  describe('the command line of examples/', () => {
    function start(...words: string[]) {
      const child = spawn(process.execPath, [CLI, '--issuer', issuer, '--client-id', 'tv', ...words], {
        env: { PATH: process.env['PATH'] ?? '' },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => void (output += String(bytes)));
      // `close`, not `exit`: what it printed last may come after its end.
      const closed = once(child, 'close') as Promise<[number | null]>;
      return {
        output: () => output,
        end: async () => (await closed)[0],
        userCode: async () => {
          await until('it prints a code', () => /enter the code \S+/.test(output) || child.exitCode !== null, 20);
          return /enter the code (\S+)/.exec(output)![1]!;
        },
      };
    }

    it('pending, slow_down, approved', async () => {
      const cli = start();
      const userCode = await cli.userCode();
      // A second line, which may come in a second piece.
      await until('it prints a link', () => cli.output().includes(`${issuer}/device?user_code=${userCode}`), 20);
      const [before] = await host.sql<{ seconds: number }>(
        `SELECT max(poll_interval_seconds) AS seconds FROM auth_device_authorization WHERE status = 'pending'`,
      );
      expect(before).toEqual({ seconds: 1 });
      await hurry();
      await until(
        'it was told to slow down',
        async () =>
          (await host.sql('SELECT FROM auth_device_authorization WHERE poll_interval_seconds = 6')).length > 0,
        20,
      );
      await calm();
      await settle(userCode, 'approve');
      expect(await cli.end()).toBe(0);
      expect(cli.output()).toContain(`Signed in as Test User <${user.email}>`);
    }, 60_000);

    it.each([
      ['deny', 2, 'denied'],
      ['expire', 3, 'expired'],
    ] as const)(
      '%s: exit code %d',
      async (outcome, code, word) => {
        const cli = start();
        await settle(await cli.userCode(), outcome);
        expect(await cli.end()).toBe(code);
        expect(cli.output()).toContain(word);
      },
      60_000,
    );

    it('says what is wrong with it', async () => {
      const cli = start('--client-id', 'nobody');
      expect(await cli.end()).toBe(1);
      expect(cli.output()).toContain('invalid_client');
    });
  });
});
