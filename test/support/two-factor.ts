import { Secret, TOTP } from 'otpauth';
import type { TestApp } from './app.js';
import { cookiesOf, send, type Answer } from './http.js';
import { signUp, type SignedInUser } from './users.js';

/** A user with an authenticator app. */
export interface FactorUser extends SignedInUser {
  /** Base32. */
  readonly secret: string;
  readonly backupCodes: readonly string[];
  /** Of the session that has shown the factor. */
  readonly factorToken: string;
  readonly factorCookie: string;
}

/** The code of an app. @param offset steps from now */
export function codeOf(secret: string, offset = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 });
  return totp.generate({ timestamp: Date.now() + offset * 30_000 });
}

/** No code of this app, now or in the next steps. */
export function wrongCodeOf(secret: string): string {
  const good = [-2, -1, 0, 1, 2].map((offset) => codeOf(secret, offset));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.includes(code))!;
}

/** Routes below `/two-factor`, and what a test does to the rows. */
export class TwoFactorHost {
  constructor(readonly host: Pick<TestApp, 'url' | 'sql'>) {}

  post(route: string, body: object = {}, options: { bearer?: string; cookie?: string } = {}): Promise<Answer> {
    const { bearer, cookie } = options;
    return send(`${this.host.url}/api/auth/two-factor/${route}`, {
      body,
      ...(bearer !== undefined && { bearer }),
      ...(cookie !== undefined && { headers: { cookie, origin: 'http://localhost:3000' } }),
    });
  }

  /** A new user who has set an app up. */
  async enrolled(user?: SignedInUser): Promise<FactorUser> {
    const owner = user ?? (await signUp(this.host.url));
    const made = await this.post('enable', { password: owner.password }, { bearer: owner.token });
    const secret = new URL(made.body.totpURI).searchParams.get('secret')!;
    const on = await this.post('verify-totp', { code: codeOf(secret) }, { bearer: owner.token });
    if (on.status !== 200) throw new Error(`enrolment: ${on.status} ${on.text}`);
    await this.forgetStep(owner.id);
    const { backupCodes } = made.body;
    return { ...owner, secret, backupCodes, factorToken: on.body.token, factorCookie: cookiesOf(on) };
  }

  /** The first factor. */
  signIn({ email, password }: SignedInUser, cookie?: string): Promise<Answer> {
    return send(`${this.host.url}/api/auth/sign-in/email`, {
      body: { email, password },
      ...(cookie !== undefined && { headers: { cookie, origin: 'http://localhost:3000' } }),
    });
  }

  /** The token of a sign-in that waits. */
  async challenge(user: SignedInUser): Promise<string> {
    return (await this.signIn(user)).body.twoFactorToken;
  }

  /** As if the last code were long ago. */
  async forgetStep(userId: string): Promise<void> {
    await this.host.sql('UPDATE auth_two_factor SET last_step = 0 WHERE subject = $1', [userId]);
  }

  async currentUser(bearer: string): Promise<{ id: string; twoFactorEnabled?: boolean } | null> {
    return (await send(`${this.host.url}/api/auth/get-session`, { bearer })).body?.user ?? null;
  }
}
