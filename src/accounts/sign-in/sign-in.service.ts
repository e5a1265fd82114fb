import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInOutcome } from '../../common/ports/second-factor.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { normaliseEmail, unicodeSpelling } from '../../common/email.js';
import { VerificationOrders } from '../mails/verification-orders.js';
import { checkPassword } from '../passwords/password-hasher.js';
import { PasswordRules } from '../passwords/password-rules.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from './account-sign-in-flow.js';
import { TakenAddresses } from './taken-addresses.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** `reason` is for the log; the client gets the same error for all of them. */
    'sign-in.failed': {
      subjectId: string | null;
      ipAddress: string | null;
      reason: 'unknown user' | 'wrong password' | 'wrong code' | 'disabled';
    };
  }
}

export interface SignUpCommand {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly image: string | null;
  readonly rememberMe: boolean;
  /** @see SessionStart */
  readonly answersWithBody: boolean;
  /** Where the link that verifies the address leads; checked. */
  readonly callbackUrl: string | null;
  /** Digest of what marks the browser (VerifyingBrowser); null: the link signs nobody in. */
  readonly browser: string | null;
}

export interface SignInCommand {
  readonly email: string;
  readonly password: string;
  readonly rememberMe: boolean;
  /** @see SessionStart */
  readonly answersWithBody: boolean;
  /** As at sign-up. */
  readonly callbackUrl: string | null;
}

/** RFC 8176 2. */
export const PASSWORD_METHODS: readonly string[] = ['pwd'];
/** Failed attempts from one address; a sign-in with the right password does not count. */
const BY_ADDRESS: RateLimit = { name: 'sign-in-address', max: 60, windowSeconds: 60 };
const SIGN_UPS_BY_ADDRESS: RateLimit = { name: 'sign-up-address', max: 60, windowSeconds: 60 };
const BY_ACCOUNT_AND_ADDRESS: RateLimit = { name: 'sign-in-pair', max: 10, windowSeconds: 600 };
/**
 * Passwords can be guessed, so an account has a limit over all addresses. It is wide, and does not apply to an address from which the user has
 * a session: there the right password opens the account, whatever strangers try from elsewhere.
 */
const BY_ACCOUNT: RateLimit = { name: 'sign-in-account', max: 100, windowSeconds: 3_600 };

/** Sign-up and sign-in by e-mail address and password. */
@Injectable()
export class SignInService {
  constructor(
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly sessions: SessionsService,
    private readonly flow: AccountSignInFlow,
    private readonly rules: PasswordRules,
    private readonly limits: RateLimits,
    private readonly events: AuthEvents,
    private readonly taken: TakenAddresses,
    private readonly orders: VerificationOrders,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Whether a sign-up marks its browser: there the link of its mail signs in. */
  get marksBrowsers(): boolean {
    return this.orders.atSignUp && this.settings.emailVerification.autoSignIn;
  }

  /** @returns the user, and their session, or what is due before it, unless sign-up does not sign in */
  async signUp(command: SignUpCommand, caller: Caller): Promise<{ user: HostUser; outcome: SignInOutcome | null }> {
    const create = this.flow.requireSignUp();
    await this.limits.check(BY_ADDRESS, addressKey(caller.address));
    await this.limits.consume(SIGN_UPS_BY_ADDRESS, addressKey(caller.address));
    const email = requireEmail(command.email);
    await this.rules.require(command.password, [email, command.name]);
    const draft = { email, emailVerified: false, name: command.name, image: command.image };
    await this.flow.requireMaySignUp(draft);
    const other = unicodeSpelling(email);
    const isTaken = other !== null && (await this.ports.users.get().findByEmail(other)) !== null;
    // Hashed all the same: the answer must not come sooner.
    if (isTaken) await checkPassword(command.password, null);
    const user = isTaken ? null : await create({ ...draft, password: command.password });
    if (!user) return { user: await this.taken.answer(draft, caller), outcome: null };
    this.events.emit('user.created', { subjectId: user.id });
    if (this.orders.atSignUp) await this.orders.orderAtSignUp(email, command.callbackUrl, command.browser);
    if (!this.taken.signsIn) return { user: this.taken.shown(user), outcome: null };
    return { user, outcome: await this.flow.begin(user, { epoch: 0, ...howOf(command), caller }) };
  }

  /**
   * An unknown user, a wrong password and a disabled user get the same error after the same time; where there are `administrators` the last,
   * with the right password, 403 `BANNED_USER`.
   */
  async signIn(command: SignInCommand, caller: Caller): Promise<{ user: HostUser; outcome: SignInOutcome }> {
    const email = requireEmail(command.email);
    const pair = `${email} ${addressKey(caller.address)}`;
    // Counted before the password is checked: parallel guesses would all pass a check that counts afterwards.
    const hit = await this.limits.consumeForNow(BY_ADDRESS, addressKey(caller.address));
    await this.limits.consume(BY_ACCOUNT_AND_ADDRESS, pair);
    await this.requireNotGuessed(email, caller);
    const { user, epoch } = await this.authenticate(email, command.password, caller);
    if (hit) await this.limits.takeBack(hit);
    await this.limits.reset(BY_ACCOUNT_AND_ADDRESS, pair);
    try {
      return { user, outcome: await this.flow.start(user, { epoch, ...howOf(command), caller }) };
    } catch (error) {
      const isUnverified = error instanceof AuthError && error.code === 'EMAIL_NOT_VERIFIED';
      if (isUnverified && this.orders.atSignIn) await this.orders.order(user.email, command.callbackUrl, null);
      throw error;
    }
  }

  /**
   * Whether this is the user's password. A wrong one counts as a wrong one at sign-in does, in the same counters; besides, one user's session
   * guesses no more often from many addresses than from one.
   * @throws AuthError 400 `INVALID_PASSWORD`, 429
   */
  async confirmPassword(user: HostUser, password: string, caller: Caller): Promise<void> {
    const pairs = [`${user.email} ${addressKey(caller.address)}`, `confirm ${user.id}`];
    for (const pair of pairs) await this.limits.consume(BY_ACCOUNT_AND_ADDRESS, pair);
    await this.requireNotGuessed(user.email, caller);
    const users = this.ports.users.get();
    if (this.rules.isTooLong(password) || !(await users.verifyPassword?.(user.id, password))) {
      await this.limits.consume(BY_ACCOUNT, user.email);
      throw AuthError.badRequest('INVALID_PASSWORD', 'Invalid password');
    }
    for (const pair of pairs) await this.limits.reset(BY_ACCOUNT_AND_ADDRESS, pair);
  }

  /** @throws AuthError 429 after too many guesses at the account, unless the user has a session from this address */
  private async requireNotGuessed(email: string, { address }: Caller): Promise<void> {
    try {
      await this.limits.check(BY_ACCOUNT, email);
    } catch (error) {
      if (!(error instanceof AuthError) || error.status !== 429) throw error;
      const user = await this.ports.users.get().findByEmail(email);
      const here = addressKey(address);
      const isKnownAddress =
        user && (await this.sessions.list(user.id)).some((one) => addressKey(one.ipAddress) === here);
      if (!isKnownAddress || address === null) throw error;
    }
  }

  private async authenticate(
    email: string,
    password: string,
    caller: Caller,
  ): Promise<{ user: HostUser; epoch: number }> {
    const users = this.ports.users.get();
    const user = await findByAddress(users, email);
    // Read before the password is checked, so that a change of password meanwhile makes this epoch stale.
    const epoch = user ? await this.subjects.epoch(user.id) : null;
    const hopeless = user === null || !users.verifyPassword || this.rules.isTooLong(password);
    const matches = hopeless
      ? (await checkPassword(password.slice(0, this.settings.password.maxLength), null)).matches
      : await users.verifyPassword!(user.id, password);
    if (user && matches && epoch !== null) return { user, epoch };
    const reason = user === null ? 'unknown user' : matches ? 'disabled' : 'wrong password';
    this.events.emit('sign-in.failed', { subjectId: user?.id ?? null, ipAddress: caller.address, reason });
    await this.limits.consume(BY_ACCOUNT, email);
    // Only who knows the password reads it, and only where administrators can lift it.
    throw reason === 'disabled' && this.settings.administrators ? bannedUser() : invalidCredentials(reason);
  }
}

function howOf({ rememberMe, answersWithBody }: SignInCommand | SignUpCommand) {
  return { rememberMe, answersWithBody, methods: PASSWORD_METHODS };
}

function requireEmail(text: string): string {
  const email = normaliseEmail(text);
  if (email === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
  return email;
}

function bannedUser(): AuthError {
  return AuthError.forbidden(
    'BANNED_USER',
    'This account is banned. Ask the support if you think that it should not be.',
  );
}

function invalidCredentials(detail: string): AuthError {
  return new AuthError({
    status: 401,
    code: 'INVALID_EMAIL_OR_PASSWORD',
    error: 'unauthorized',
    description: 'Invalid email or password',
    detail,
  });
}
