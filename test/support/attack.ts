import { createTestApp, type Adapter, type TestApp, type TestAppOptions } from './app.js';
import type { Answer } from './http.js';
import { rawRequest, sendRaw, type RawAnswer } from './raw.js';
import { signUp, type SignedInUser } from './users.js';

export const AUTH = '/api/auth';
/** Every route that takes a body, with a body that is valid except for its placeholders. `open`: needs no identity. */
export const POST_ROUTES: readonly { route: string; open: boolean; body: Record<string, string> }[] = [
  { route: 'sign-up/email', open: true, body: { email: 'new@example.com', password: 'a long password', name: 'New' } },
  { route: 'sign-in/email', open: true, body: { email: 'somebody@example.com', password: 'a long password' } },
  { route: 'token/refresh', open: true, body: { refreshToken: 'nar_x' } },
  { route: 'token/revoke', open: true, body: { refreshToken: 'nar_x' } },
  { route: 'revoke-session', open: false, body: { token: 'nas_x' } },
  { route: 'update-user', open: false, body: { name: 'Changed', image: 'https://example.com/a.png' } },
  { route: 'change-password', open: false, body: { currentPassword: 'not the one', newPassword: 'a new password' } },
  { route: 'delete-user', open: false, body: { password: 'not the one' } },
];
/** Routes without a body that change something. */
export const BARE_POST_ROUTES = ['sign-out', 'revoke-sessions', 'revoke-other-sessions', 'token/issue'];
export const GET_ROUTES = ['get-session', 'list-sessions', 'user/list-sessions'];

const TABLES = ['auth_user', 'auth_session', 'auth_token', 'auth_token_family', 'auth_subject', 'auth_rate_limit'];

/** An application under attack, with one honest user. */
export interface Target extends TestApp {
  readonly user: SignedInUser;
  /** Sends raw bytes, as the honest user when `signedIn`. */
  attack(method: string, path: string, attack?: Attack): Promise<RawAnswer>;
  /** Fails unless the answer is a 4xx in the management shape. */
  expectRefused(answer: RawAnswer | Answer, statuses?: readonly number[]): void;
  /** Fails when the attack changed a row or `Object.prototype`. */
  expectNothingWritten<T>(attack: () => Promise<T>): Promise<T>;
}

export interface Attack {
  readonly headers?: readonly string[];
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly signedIn?: boolean;
}

export async function createTarget(adapter: Adapter, options: Partial<TestAppOptions> = {}): Promise<Target> {
  const host = await createTestApp({ adapter, ...options });
  const user = await signUp(host.url);
  const fingerprint = async () => {
    const parts = TABLES.map(
      (table) => `(SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM ${table} t)`,
    );
    const [row] = await host.sql(`SELECT ${parts.map((part, index) => `${part} AS ${TABLES[index]}`).join(', ')}`);
    return { ...row, prototype: Reflect.ownKeys(Object.prototype).map(String) };
  };
  return {
    ...host,
    user,
    attack: (method, path, { headers = [], type = 'application/json', body, signedIn = false } = {}) => {
      const lines = [...headers];
      if (body !== undefined && type !== '') lines.push(`Content-Type: ${type}`);
      if (signedIn) lines.push(`Authorization: Bearer ${user.token}`);
      return sendRaw(host.url, rawRequest(method, path, lines, body));
    },
    expectRefused(answer, statuses) {
      const body = typeof answer.body === 'string' ? parsed(answer.body) : answer.body;
      const accepted = statuses ? statuses.includes(answer.status) : answer.status >= 400 && answer.status < 500;
      expect({ status: answer.status, accepted, body }).toEqual({
        status: answer.status,
        accepted: true,
        body: expect.objectContaining({
          code: expect.stringMatching(/^[A-Z_]+$/),
          message: expect.any(String),
          statusCode: answer.status,
        }),
      });
    },
    async expectNothingWritten(attack) {
      const before = await fingerprint();
      const result = await attack();
      expect(await fingerprint()).toEqual(before);
      return result;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
