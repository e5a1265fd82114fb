import { cookiesOf, send, type Answer } from './http.js';

export interface SignedInUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  /** Session token. */
  readonly token: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly cookie: string;
}

let count = 0;

export const TEST_PASSWORD = 'correct horse battery staple';

/** Signs a new user up over HTTP. */
export async function signUp(
  url: string,
  overrides: { email?: string; password?: string; name?: string } = {},
): Promise<SignedInUser> {
  const email = overrides.email ?? `user-${Date.now()}-${++count}@example.com`;
  const password = overrides.password ?? TEST_PASSWORD;
  return started(
    await send(`${url}/api/auth/sign-up/email`, { body: { email, password, name: overrides.name ?? 'Test User' } }),
    email,
    password,
  );
}

export async function signIn(url: string, email: string, password = TEST_PASSWORD): Promise<SignedInUser> {
  return started(await send(`${url}/api/auth/sign-in/email`, { body: { email, password } }), email, password);
}

async function started(answer: Answer, email: string, password: string): Promise<SignedInUser> {
  if (answer.status !== 200) throw new Error(`sign-up or sign-in failed: ${answer.status} ${answer.text}`);
  const { token, user, accessToken, refreshToken } = answer.body;
  const sessions = await send(`${answer.origin}/api/auth/list-sessions`, { bearer: token });
  return {
    id: user.id,
    email,
    password,
    token,
    sessionId: sessions.body?.[0]?.id,
    accessToken,
    refreshToken,
    cookie: cookiesOf(answer),
  };
}
