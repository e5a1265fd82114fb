import type { DeviceOptions, StaticClientOptions } from '../../src/index.js';
import { createTestApp, type TestApp, type TestAppOptions } from './app.js';
import { send, type Answer } from './http.js';
import { basic } from './oauth.js';
import type { SignedInUser } from './users.js';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'films:watch'];
export const API = 'https://films.example.com/';

/** A television without a secret. */
export const TV = { clientId: 'tv', name: 'Living <Room> TV' };
/** A console with a secret, and an app without the device grant. */
export const CONSOLE = { clientId: 'console', clientSecret: 'a secret of the console 0123456789' };
export const WEB_APP = { clientId: 'web-app', clientSecret: 'a secret of the web app 0123456789' };
export const BASIC = basic(CONSOLE.clientId, CONSOLE.clientSecret).authorization;

const CLIENTS: StaticClientOptions[] = [
  { ...TV, scopes: SCOPES, grantTypes: [DEVICE_GRANT, 'refresh_token'] },
  { ...CONSOLE, scopes: SCOPES, grantTypes: [DEVICE_GRANT] },
  { ...WEB_APP, scopes: SCOPES, redirectUris: ['https://web.example.com/cb'] },
];

export interface DeviceHost extends TestApp {
  /** Requests codes for a client, by form unless `json`. */
  ask(fields?: Record<string, string>, options?: AskOptions): Promise<Answer>;
  /** One poll at `/device/token`, or at `at`. */
  poll(deviceCode: string, fields?: Record<string, string>, options?: AskOptions): Promise<Answer>;
  /** As `poll`, after the interval has passed. */
  pollInTime(deviceCode: string, fields?: Record<string, string>, options?: AskOptions): Promise<Answer>;
  open(userCode: string, user?: Caller): Promise<Answer>;
  decide(decision: 'approve' | 'deny', userCode: string, user?: Caller): Promise<Answer>;
  /** Opens and approves the code as that user. @returns the codes */
  approved(user: Caller, fields?: Record<string, string>): Promise<{ device_code: string; user_code: string }>;
}

type Caller = Pick<SignedInUser, 'token'>;

export interface AskOptions {
  readonly json?: boolean;
  readonly headers?: Record<string, string>;
  /** Route below the prefix. */
  readonly at?: string;
}

/** With the OAuth provider; without it where `alone`. */
export async function createDeviceHost(
  device: DeviceOptions = {},
  options: TestAppOptions & { alone?: boolean } = {},
): Promise<DeviceHost> {
  const { alone = false, auth, ...rest } = options;
  const provider = {
    jwt: true,
    resources: [{ resource: API }],
    oauthProvider: { clients: CLIENTS, scopes: SCOPES },
  };
  const host = await createTestApp({ ...rest, auth: { device, ...(!alone && provider), ...auth } });
  return { ...host, ...callsOf(host) };
}

function callsOf(host: TestApp): Omit<DeviceHost, keyof TestApp> {
  const url = (route: string) => `${host.url}/api/auth/${route}`;
  const post = (route: string, fields: Record<string, string>, { json = false, headers = {} }: AskOptions) =>
    send(url(route), { headers, body: json ? fields : new URLSearchParams(fields) });
  const calls: Omit<DeviceHost, keyof TestApp> = {
    ask: (fields = {}, options = {}) =>
      post(options.at ?? 'device/code', { client_id: TV.clientId, ...fields }, options),
    poll: (deviceCode, fields = {}, options = {}) =>
      post(
        options.at ?? 'device/token',
        { grant_type: DEVICE_GRANT, client_id: TV.clientId, device_code: deviceCode, ...fields },
        options,
      ),
    async pollInTime(deviceCode, fields, options) {
      await host.sql(`UPDATE auth_device_authorization SET next_poll_at = now() - interval '1 second'`);
      return calls.poll(deviceCode, fields, options);
    },
    open: (userCode, user) =>
      send(url(`device?${new URLSearchParams({ user_code: userCode })}`), user ? { bearer: user.token } : {}),
    decide: (decision, userCode, user) =>
      send(url(`device/${decision}`), { body: { userCode }, ...(user && { bearer: user.token }) }),
    async approved(user, fields = {}) {
      const { body } = await calls.ask(fields);
      await calls.open(body.user_code, user);
      const { status, text } = await calls.decide('approve', body.user_code, user);
      if (status !== 200) throw new Error(`not approved: ${text}`);
      return body;
    },
  };
  return calls;
}
