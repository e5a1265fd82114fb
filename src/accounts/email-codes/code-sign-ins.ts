import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInOutcome } from '../../common/ports/second-factor.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { MailboxSignIns, type MailboxSignIn } from '../mailbox-sign-in/mailbox-sign-ins.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { MAIL_METHODS } from '../verification/email-verifications.js';
import { CodeGuesses, invalidCode, type CodeGuess, type RightCode } from './code-guesses.js';

type Typed = Omit<CodeGuess, 'type' | 'userId'>;

/** Of a new user, and how the answer is given. */
export interface CodeSignInWish {
  readonly name: string | null;
  readonly image: string | null;
  readonly answersWithBody: boolean;
}

/** Signs in by codes, and verifies addresses by them. */
@Injectable()
export class CodeSignIns {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly guesses: CodeGuesses,
    private readonly signIns: MailboxSignIns,
    private readonly sessions: SessionsService,
    private readonly flow: AccountSignInFlow,
    private readonly events: AuthEvents,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @throws AuthError 400 `INVALID_OTP`, 403 `TOO_MANY_ATTEMPTS`, or as `MailboxSignIns.signIn` */
  async signIn(typed: Typed, { answersWithBody, ...newcomer }: CodeSignInWish): Promise<MailboxSignIn> {
    const right = await this.guesses.require({ type: 'sign-in', ...typed });
    const { disableSignUp } = this.settings.emailCode;
    const proof = { ...right, ...newcomer, disableSignUp, refused: invalidCode };
    return this.signIns.signIn(proof, { rememberMe: true, answersWithBody, caller: typed.caller });
  }

  /**
   * Notes that the address is its user's.
   * @returns a session, where the options want one and nobody else is signed in
   * @throws AuthError 400 `INVALID_OTP`, `USER_NOT_FOUND`, 403 `TOO_MANY_ATTEMPTS`
   */
  async verify(typed: Typed): Promise<{ user: HostUser; outcome: SignInOutcome | null }> {
    const right = await this.guesses.require({ type: 'email-verification', ...typed });
    const { markVerified } = this.ports.users.get();
    if (!markVerified) throw AuthError.badRequest('VERIFICATION_EMAIL_NOT_ENABLED', "Verification email isn't enabled");
    const user = await this.userOf(right);
    await this.database.transaction(async (tx) => {
      await right.spend(tx);
      if (!(await this.ports.users.get().markVerified!(tx, user.id, user.email))) throw invalidCode();
      tx.afterCommit(() => this.events.emit('email.verified', { subjectId: user.id }));
    });
    const verified = { ...user, emailVerified: true };
    if (!(await this.signsIn(user.id, typed.caller))) return { user: verified, outcome: null };
    const how = { rememberMe: true, answersWithBody: true, methods: MAIL_METHODS, caller: typed.caller };
    return {
      user: verified,
      outcome: await this.flow.start(verified, { epoch: Number(right.facts['epoch']), ...how }),
    };
  }

  /** Whether a code is right; it stays good. @throws AuthError as `verify` */
  async check(guess: CodeGuess): Promise<void> {
    await this.userOf(await this.guesses.require(guess));
  }

  /** Who has a right code may hear whether there is an account. */
  private async userOf({ email, facts }: RightCode): Promise<HostUser> {
    const user = await findByAddress(this.ports.users.get(), email);
    if (!user) throw AuthError.badRequest('USER_NOT_FOUND', 'User not found');
    if (facts['userId'] !== null && facts['userId'] !== user.id) throw invalidCode();
    return user;
  }

  private async signsIn(userId: string, { headers }: Caller): Promise<boolean> {
    if (!this.settings.emailVerification.autoSignIn) return false;
    const current = await this.sessions.current(headers);
    return current === null || current.user.id === userId;
  }
}
