import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { SecretFacts } from '../../common/one-time/one-time-secret.store.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInOutcome } from '../../common/ports/second-factor.js';
import type { SessionStart } from '../../common/ports/sessions.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { MAIL_METHODS } from '../verification/email-verifications.js';
import { UnprovenAccounts } from './unproven-accounts.js';

/** Somebody has what was sent to an address: a link, or a code. */
export interface MailboxProof {
  /** Normalised. */
  readonly email: string;
  /** Of `Mailbox`, as they were kept with what was sent. */
  readonly facts: SecretFacts;
  /** Whoever has no account becomes no user. */
  readonly disableSignUp: boolean;
  /** Of a new user. */
  readonly name: string | null;
  readonly image: string | null;
  /** Spends what was sent. Throws when it was spent meanwhile. */
  spend(tx: Transaction): Promise<void>;
  /** What whoever presents it is told when it is no longer good. */
  refused(): AuthError;
}

export interface MailboxSignIn {
  readonly user: HostUser;
  readonly outcome: SignInOutcome;
  readonly isNew: boolean;
}

type How = Pick<SessionStart, 'rememberMe' | 'answersWithBody' | 'caller'>;

/** Signs in whoever has shown that they read mail at an address. */
@Injectable()
export class MailboxSignIns {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly flow: AccountSignInFlow,
    private readonly unproven: UnprovenAccounts,
    private readonly events: AuthEvents,
  ) {}

  /** @throws AuthError of `proof.refused`, `SIGN_UP_DISABLED`, 403 `EMAIL_NOT_VERIFIED`, or the host's veto */
  async signIn(proof: MailboxProof, how: How): Promise<MailboxSignIn> {
    try {
      return await this.attempt(proof, { ...how, methods: MAIL_METHODS });
    } catch (error) {
      // Disabled, or a credential has changed since it was sent: to whoever has it, it is one that is no longer good.
      throw error instanceof AuthError && error.status === 401 ? proof.refused() : error;
    }
  }

  private async attempt(proof: MailboxProof, how: Omit<SessionStart, 'subjectId' | 'epoch'>): Promise<MailboxSignIn> {
    const { facts, spend } = proof;
    const known = await findByAddress(this.ports.users.get(), proof.email);
    // It was sent to a user, and the address has become somebody else's, or nobody's.
    if (facts['userId'] !== null && facts['userId'] !== known?.id) throw proof.refused();
    if (!known) {
      const user = await this.welcome(proof);
      return { user, isNew: true, outcome: await this.flow.start(user, { epoch: 0, ...how }) };
    }
    const epoch = facts['userId'] === null ? await this.subjects.epoch(known.id) : Number(facts['epoch']);
    if (epoch === null) throw proof.refused();
    if (known.emailVerified) {
      const outcome = await this.flow.start(known, { epoch, ...how, spend });
      return { user: known, isNew: false, outcome };
    }
    const { user, epoch: renewed } = await this.unproven.claim(known, { epoch, caller: how.caller, spend });
    return { user, isNew: false, outcome: await this.flow.start(user, { epoch: renewed, ...how }) };
  }

  /** Makes a user, whose address is verified. */
  private async welcome(proof: MailboxProof): Promise<HostUser> {
    const { email, name, image, disableSignUp } = proof;
    const users = this.ports.users.get();
    if (disableSignUp || !this.flow.canSignUp)
      throw AuthError.forbidden('SIGN_UP_DISABLED', 'There is no account with this address');
    const draft = { email, emailVerified: true, name: name ?? email.split('@', 1)[0]!, image };
    await this.flow.requireMaySignUp(draft);
    const person = { ...draft, password: null };
    const created = await this.database.transaction(async (tx) => {
      await proof.spend(tx);
      const one = await users.createIn?.(tx, person);
      // Somebody has taken the address meanwhile, by a second link or a sign-up: this one stays good, and opens that account.
      if (one === null) throw proof.refused();
      return one;
    });
    const user = created ?? (await users.create!(person));
    if (!user) throw proof.refused();
    this.events.emit('user.created', { subjectId: user.id });
    return user;
  }
}
