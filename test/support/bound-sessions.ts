import { TEST_ISSUER, type TestApp } from './app.js';
import { DpopKey } from './dpop.js';
import { send, type Answer } from './http.js';
import { TEST_PASSWORD } from './users.js';

let count = 0;

/** An app that proves a key of its own with every request (RFC 9449). */
export class BoundClient {
  readonly key = new DpopKey();
  /** Replaces the proof that is right; null: none is sent. */
  proof: string | null | undefined;
  nonce: string | undefined;

  constructor(private readonly host: () => Pick<TestApp, 'url'>) {}

  /** @param token goes along under the scheme `DPoP` */
  async ask(route: string, body?: unknown, { token, headers }: BoundRequest = {}): Promise<Answer> {
    const answer = await send(`${this.host().url}${route}`, {
      ...(body !== undefined && { body }),
      headers: { ...this.proven(route, body === undefined ? 'GET' : 'POST', token), ...headers },
    });
    this.nonce = answer.headers.get('dpop-nonce') ?? this.nonce;
    return answer;
  }

  proven(route: string, method: string, token?: string): Record<string, string> {
    const terms = { method, url: `${TEST_ISSUER}${route.split('?', 1)[0]}` };
    const made = this.key.proof({
      ...terms,
      ...(token !== undefined && { token }),
      ...(this.nonce !== undefined && { nonce: this.nonce }),
    });
    const dpop = this.proof === undefined ? made : this.proof;
    return {
      ...(dpop !== null && { dpop }),
      ...(token !== undefined && { authorization: `DPoP ${token}` }),
    };
  }

  /** A new user, who signs up by this app. */
  async signUp(): Promise<BoundUser> {
    const email = `bound-${Date.now()}-${++count}@example.com`;
    const answer = await this.ask('/api/auth/sign-up/email', { email, password: TEST_PASSWORD, name: 'Bound' });
    if (answer.status !== 200) throw new Error(`sign-up failed: ${answer.status} ${answer.text}`);
    const { token, user, accessToken, refreshToken } = answer.body;
    return { id: user.id, email, token, accessToken, refreshToken, answer };
  }
}

export interface BoundRequest {
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

export interface BoundUser {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** To the sign-up. */
  readonly answer: Answer;
}

/** What the rows of a user's sessions are bound to. */
export async function bindingsOf(host: TestApp, userId: string): Promise<unknown[]> {
  const rows = await host.sql<{ confirmation: unknown }>(
    'SELECT confirmation FROM auth_session WHERE subject = $1 ORDER BY created_at, id',
    [userId],
  );
  return rows.map(({ confirmation }) => confirmation);
}
