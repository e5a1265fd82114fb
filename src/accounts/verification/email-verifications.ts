import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { OneTimeSecrets, type SecretPurpose } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInOutcome } from '../../common/ports/second-factor.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { VerificationOrders } from '../mails/verification-orders.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { VerifyingBrowser } from '../sign-in/verifying-browser.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'email.verified': { subjectId: string };
  }
}

const BY_ADDRESS: RateLimit = { name: 'verification-address', max: 30, windowSeconds: 3_600 };
const CLICKS_BY_ADDRESS: RateLimit = { name: 'verify-email-address', max: 60, windowSeconds: 60 };

/** Addresses that users have shown to be theirs, by a link that was sent there. */
@Injectable()
export class EmailVerifications {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly orders: VerificationOrders,
    private readonly secrets: OneTimeSecrets,
    private readonly subjects: SubjectStore,
    private readonly sessions: SessionsService,
    private readonly flow: AccountSignInFlow,
    private readonly browser: VerifyingBrowser,
    private readonly limits: RateLimits,
    private readonly events: AuthEvents,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  get isOn(): boolean {
    return this.orders.isOn;
  }

  /** Mail cannot be sent at present: what was ordered comes later. */
  get areDelayed(): boolean {
    return this.orders.areDelayed;
  }

  /**
   * Orders a link. Without a session the answer is the same for every address.
   * @throws AuthError 400 `VERIFICATION_EMAIL_NOT_ENABLED`, `EMAIL_MISMATCH`, `EMAIL_ALREADY_VERIFIED`, 429
   */
  async request(address: string, callbackUrl: string | null, caller: Caller): Promise<void> {
    if (!this.orders.isOn)
      throw AuthError.badRequest('VERIFICATION_EMAIL_NOT_ENABLED', "Verification email isn't enabled");
    await this.limits.consume(BY_ADDRESS, addressKey(caller.address));
    const email = normaliseEmail(address);
    const current = await this.sessions.current(caller.headers);
    if (current && current.user.email !== email) throw AuthError.badRequest('EMAIL_MISMATCH', 'Email mismatch');
    if (current?.user.emailVerified) throw AuthError.badRequest('EMAIL_ALREADY_VERIFIED', 'Email is already verified');
    if (email !== null) await this.orders.order(email, callbackUrl, this.browser.known(caller.headers));
  }

  /**
   * Notes that the address is its user's. A link that was opened before, such as by a mail scanner, says so again, and starts nothing.
   * @returns a session, for the browser that has signed up, where the options want it
   * @throws AuthError 401 `INVALID_TOKEN` or `TOKEN_EXPIRED`, 429
   */
  async verify(token: string, caller: Caller): Promise<{ user: HostUser; outcome: SignInOutcome | null }> {
    await this.limits.consume(CLICKS_BY_ADDRESS, addressKey(caller.address));
    const found = await this.secrets.readToken(this.purpose, token);
    const users = this.ports.users.get();
    if (!found || !users.markVerified) throw refused('INVALID_TOKEN', 'Invalid token');
    if (found.expired) throw refused('TOKEN_EXPIRED', 'Token expired');
    const user = await users.find(found.subject);
    if (!user || user.email !== found.facts['email']) throw refused('INVALID_TOKEN', 'Invalid token');
    if (user.emailVerified) return { user, outcome: null };
    // Before the address counts as verified: who ends the user meanwhile also ends what begins here.
    const epoch = await this.subjects.epoch(user.id);
    if (found.used || epoch === null) throw refused('INVALID_TOKEN', 'Invalid token');
    if (!(await this.spend(token, user, epoch))) {
      // Who opened the link at the same moment, such as a mail scanner, has done what it is for.
      if (!(await users.find(user.id))?.emailVerified) throw refused('INVALID_TOKEN', 'Invalid token');
      return { user, outcome: null };
    }
    const verified = { ...user, emailVerified: true };
    if (!(await this.maySignIn(user.id, found.facts['browser'], caller))) return { user: verified, outcome: null };
    const how = { epoch, rememberMe: true, answersWithBody: false, methods: MAIL_METHODS, caller };
    return { user: verified, outcome: await this.flow.start(verified, how) };
  }

  /** @returns false when another request has spent it @throws AuthError 401 when the user is another one meanwhile */
  private spend(token: string, user: HostUser, epoch: number): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      // First: whoever resets the password at this moment holds the user, and voids the link.
      await this.subjects.hold(tx, user.id, epoch);
      if (!(await this.secrets.takeToken(tx, this.purpose, token))) return false;
      if (!(await this.ports.users.get().markVerified!(tx, user.id, user.email)))
        throw refused('INVALID_TOKEN', 'Invalid token');
      tx.afterCommit(() => this.events.emit('email.verified', { subjectId: user.id }));
      return true;
    });
  }

  private get purpose(): SecretPurpose {
    return { name: 'verify-email', lifetimeSeconds: this.settings.emailVerification.lifetimeSeconds };
  }

  /** Only the browser that has signed up, and never in place of somebody who is signed in there: a link would sign people in as others. */
  private async maySignIn(userId: string, browser: unknown, { headers }: Caller): Promise<boolean> {
    if (!this.settings.emailVerification.autoSignIn || typeof browser !== 'string') return false;
    if (this.browser.known(headers) !== browser) return false;
    const current = await this.sessions.current(headers);
    return current === null || current.user.id === userId;
  }
}

/** A secret that came by mail (RFC 8176 2). */
export const MAIL_METHODS: readonly string[] = ['otp'];

function refused(code: string, description: string): AuthError {
  return new AuthError({ status: 401, code, error: 'unauthorized', description });
}
