import { Inject, Injectable } from '@nestjs/common';
import { sqlState } from '../../common/database/database-errors.js';
import type { Transaction } from '../../common/database/transaction.js';
import { Database } from '../../common/database/database.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { addressKey } from '../../common/http/request/client-address.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { Outbox } from '../../common/mail/outbox.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { emailChangePurpose, type EmailChangeStep } from '../mails/email-change.purposes.js';
import { OldAddresses } from '../mails/old-addresses.js';
import { CredentialChanges } from '../own-account/credential-changes.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { invalidLink, refusedLink } from './link-faults.js';

const BY_USER: RateLimit = { name: 'change-email-user', max: 10, windowSeconds: 3_600 };
/** Keeps users from filling the mailbox of somebody else. */
const BY_EMAIL: RateLimit = { name: 'change-email-target', max: 3, windowSeconds: 3_600 };
const CLICKS_BY_ADDRESS: RateLimit = { name: 'change-email-address', max: 60, windowSeconds: 60 };
const STEPS = ['change-email-confirm', 'change-email-verify'] as const satisfies readonly EmailChangeStep[];

/** A link of a change of address, good or not. */
export interface EmailChangeLink {
  readonly step: (typeof STEPS)[number];
  readonly token: string;
  readonly userId: string;
  readonly from: string;
  readonly to: string;
  readonly callbackUrl: string | null;
  readonly epoch: number;
  readonly used: boolean;
  readonly expired: boolean;
}

/** What a click has done. */
export interface EmailChangeClick {
  /** `confirmed`: the next link is on its way to the new address. */
  readonly done: 'confirmed' | 'changed';
  /** Null: nothing has changed yet. */
  readonly user: HostUser | null;
}

/**
 * A change of address. It is confirmed at the present address where that is verified, then at the new one, each time by the user's own
 * session: neither a mail scanner that opens links nor whoever reads the other mailbox changes anything.
 */
@Injectable()
export class EmailChanges {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly outbox: Outbox,
    private readonly secrets: OneTimeSecrets,
    private readonly subjects: SubjectStore,
    private readonly sessions: SessionsService,
    private readonly limits: RateLimits,
    private readonly changes: CredentialChanges,
    private readonly oldAddresses: OldAddresses,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Whether users change their address here. */
  get isOn(): boolean {
    return this.isAllowed && this.outbox.isOn;
  }

  /** Mail cannot be sent at present: what was ordered comes later. */
  get areDelayed(): boolean {
    return this.outbox.isDelayed;
  }

  /**
   * Orders the first link. The same for an address that somebody has: who has it is looked up when the message to it is written.
   * @throws AuthError 400 `CHANGE_EMAIL_DISABLED`, `VERIFICATION_EMAIL_NOT_ENABLED`, `INVALID_EMAIL`, `EMAIL_IS_THE_SAME`, 403 `SESSION_NOT_FRESH`, 429
   */
  async request(principal: AuthPrincipal, address: string, callbackUrl: string | null): Promise<void> {
    if (!this.isAllowed) throw AuthError.badRequest('CHANGE_EMAIL_DISABLED', 'Change email is disabled');
    if (!this.outbox.isOn)
      throw AuthError.badRequest('VERIFICATION_EMAIL_NOT_ENABLED', "Verification email isn't enabled");
    await this.sessions.requireFresh(principal);
    await this.limits.consume(BY_USER, principal.subjectId);
    const to = normaliseEmail(address);
    if (to === null) throw AuthError.badRequest('INVALID_EMAIL', 'Invalid email');
    const epoch = await this.subjects.epoch(principal.subjectId);
    const user = await this.ports.users.get().find(principal.subjectId);
    if (!user || epoch === null) throw AuthError.invalidToken('the user no longer exists');
    if (user.email === to) throw AuthError.badRequest('EMAIL_IS_THE_SAME', 'Email is the same');
    // Not told: whoever sees it would know that somebody else has asked for this address.
    if (!(await this.limits.allows(BY_EMAIL, to))) return;
    await this.outbox.order({
      kind: user.emailVerified ? 'change-email-confirm' : 'change-email-verify',
      subject: user.id,
      facts: { from: user.email, to, callbackUrl, epoch: String(epoch) },
      usefulSeconds: this.settings.changeEmail.lifetimeSeconds,
    });
  }

  /** The address that a user is changing to, and which of the links was sent last; null: none is under way. */
  async pending(userId: string): Promise<{ readonly to: string; readonly step: EmailChangeLink['step'] } | null> {
    const found = await this.secrets.underWay(userId, this.purposes);
    return found && { to: String(found.facts['to']), step: found.purpose as EmailChangeLink['step'] };
  }

  /** Voids the links of a change that is under way, also those that are not sent yet. */
  async cancel(userId: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.outbox.withdraw(tx, STEPS, userId);
      await this.secrets.void(tx, userId, this.purposes);
    });
  }

  /** The link of a token; null: it is of another kind, or unknown. Spends nothing. */
  async find(token: string): Promise<EmailChangeLink | null> {
    for (const step of STEPS) {
      const found = await this.secrets.readToken(emailChangePurpose(this.settings, step), token);
      if (!found) continue;
      const { subject: userId, facts, used, expired } = found;
      const { from, to, callbackUrl, epoch } = facts as Record<string, string>;
      return {
        step,
        token,
        userId,
        from: from!,
        to: to!,
        callbackUrl: callbackUrl ?? null,
        epoch: Number(epoch),
        used,
        expired,
      };
    }
    return null;
  }

  /**
   * Whose link it is, if it is good.
   * @throws AuthError 401 `INVALID_TOKEN` or `TOKEN_EXPIRED`, 429
   */
  async require(link: EmailChangeLink, caller: Caller): Promise<HostUser> {
    await this.limits.consume(CLICKS_BY_ADDRESS, addressKey(caller.address));
    if (link.expired) throw refusedLink('TOKEN_EXPIRED', 'Token expired');
    const user = await this.ports.users.get().find(link.userId);
    const isSpent = link.used && link.step === 'change-email-verify';
    if (!this.isOn || !user || user.email !== link.from || isSpent) throw invalidLink();
    return user;
  }

  /**
   * Does what a link is for, in the user's own session.
   * @param user result of `require`
   * @throws AuthError 401 `INVALID_USER` for the session of somebody else, `INVALID_TOKEN` also when the address is taken meanwhile
   */
  async follow(
    link: EmailChangeLink,
    user: HostUser,
    principal: AuthPrincipal,
    caller: Caller,
  ): Promise<EmailChangeClick> {
    if (principal.subjectId !== user.id) throw refusedLink('INVALID_USER', 'Invalid user');
    if (link.step === 'change-email-verify') return { done: 'changed', user: await this.change(link, user, caller) };
    // Opened twice: the first has sent the next link.
    if (!link.used) await this.database.transaction((tx) => this.confirm(tx, link));
    return { done: 'confirmed', user: null };
  }

  private async confirm(tx: Transaction, { step, token, userId, from, to, callbackUrl, epoch }: EmailChangeLink) {
    if (!(await this.secrets.takeToken(tx, emailChangePurpose(this.settings, step), token))) return;
    const usefulSeconds = this.settings.changeEmail.lifetimeSeconds;
    const facts = { from, to, callbackUrl, epoch: String(epoch) };
    await this.outbox.order({ kind: 'change-email-verify', subject: userId, facts, usefulSeconds }, tx);
  }

  private async change({ step, token, to, epoch }: EmailChangeLink, user: HostUser, caller: Caller) {
    const users = this.ports.users.get();
    const other = await findByAddress(users, to);
    if (other && other.id !== user.id) throw invalidLink();
    const write = async (tx: Transaction) => {
      if (!(await this.secrets.takeToken(tx, emailChangePurpose(this.settings, step), token))) throw invalidLink();
      if (!(await users.changeEmail!(tx, user.id, to))) throw invalidLink();
      await this.oldAddresses.tell(tx, user, { to, caller });
    };
    const terms = { subjectId: user.id, change: 'email', epoch, endSessions: false, caller, write } as const;
    await this.changes.make(terms).catch(asInvalidLink);
    return (await users.find(user.id)) ?? { ...user, email: to, emailVerified: true };
  }

  private get isAllowed(): boolean {
    return this.settings.changeEmail.enabled && this.ports.users.get().changeEmail !== undefined;
  }

  private get purposes() {
    return STEPS.map((step) => emailChangePurpose(this.settings, step));
  }
}

const UNIQUE_VIOLATION = '23505';

/**
 * The account changed since the link was made, or somebody took the address at the same moment, which the unique index decides: to whoever
 * has the link it is one that is no longer good.
 */
export function asInvalidLink(error: unknown): never {
  const isRefused = error instanceof AuthError && error.status === 401;
  throw isRefused || sqlState(error) === UNIQUE_VIOLATION ? invalidLink() : error;
}
