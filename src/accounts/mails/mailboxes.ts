import { Inject, Injectable } from '@nestjs/common';
import type { SecretFacts } from '../../common/one-time/one-time-secret.store.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';

/** An address to which something secret may be sent. */
export interface Mailbox {
  readonly to: string;
  /** Null: nobody yet. */
  readonly user: HostUser | null;
  /** To be kept with the secret: whose it is, and as of which change of credentials. A later change makes it worthless. */
  readonly facts: SecretFacts;
}

/** Looks up whom a message concerns, when it is written. */
@Injectable()
export class Mailboxes {
  constructor(
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** Of a user. @returns null: nobody has the address, or they are disabled */
  async ofUser(email: string): Promise<Mailbox | null> {
    const user = await findByAddress(this.ports.users.get(), email);
    const epoch = user && (await this.subjects.epoch(user.id));
    return user && epoch !== null ? { to: user.email, user, facts: { userId: user.id, epoch } } : null;
  }

  /** Of a user, or of somebody who may become one. */
  async ofAnybody(email: string, { disableSignUp }: { readonly disableSignUp: boolean }): Promise<Mailbox | null> {
    const users = this.ports.users.get();
    if (await findByAddress(users, email)) return this.ofUser(email);
    if (disableSignUp || !this.settings.signUp.enabled || !users.create) return null;
    return { to: email, user: null, facts: { userId: null, epoch: 0 } };
  }

  /** Of a user who wants it as their address. @returns null: somebody has it */
  async ofNobody(email: string, userId: string): Promise<Mailbox | null> {
    const users = this.ports.users.get();
    const epoch = await this.subjects.epoch(userId);
    const user = await users.find(userId);
    if (!user || epoch === null || (await findByAddress(users, email))) return null;
    return { to: email, user, facts: { userId, epoch } };
  }
}
