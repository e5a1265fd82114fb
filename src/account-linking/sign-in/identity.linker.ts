import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { normaliseEmail } from '../../common/email.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { HostPorts } from '../../common/ports/port.js';
import { findByAddress, type HostUser } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';
import { LinkedAccountStore } from '../linked-accounts/linked-account.store.js';
import { TokenVault } from '../linked-accounts/token.vault.js';
import type { ExternalIdentity, ProviderTokens } from '../providers/provider.client.js';
import type { ProviderSettings } from '../providers/provider.options.js';
import { LinkingFailure } from './linking-failure.js';
import { mayLinkExplicitly, mayLinkImplicitly } from './linking-rules.js';
import { newId } from '../../common/new-id.js';

/** Per user: far more than people have. Links made at the same moment may exceed it by a few. */
const MAX_ACCOUNTS = 50;

/** What came back from a provider, verified. */
export interface Arrival {
  readonly provider: ProviderSettings;
  readonly identity: ExternalIdentity;
  readonly tokens: ProviderTokens;
  /** The requested scopes. */
  readonly scopes: readonly string[];
}

/** The session that links, and its user. */
export interface LinkingSession {
  readonly subjectId: string;
  readonly sessionId: string;
}

export interface ResolvedUser {
  readonly user: HostUser;
  /** Read before the identity was looked up, so that it is out of date if the user ends or unlinks meanwhile. */
  readonly epoch: number;
  readonly isNew: boolean;
}

/** Links external identities to users. The unique index on (issuer, subject) decides races (T116). */
@Injectable()
export class IdentityLinker {
  constructor(
    private readonly database: Database,
    private readonly store: LinkedAccountStore,
    private readonly vault: TokenVault,
    private readonly subjects: SubjectStore,
    private readonly ports: HostPorts,
    private readonly events: AuthEvents,
    @Inject(ACCOUNT_LINKING_SETTINGS) private readonly settings: AccountLinkingSettings,
  ) {}

  /**
   * The user who signs in: the one who has this identity, else the one with this address where the rules allow, else a new one.
   * @throws LinkingFailure; AuthError for the host's veto and when the database cannot answer
   */
  async signIn(arrival: Arrival, requestsSignUp: boolean): Promise<ResolvedUser> {
    const known = await this.known(arrival);
    if (known) return known;
    const email = normaliseEmail(arrival.identity.profile.email ?? '');
    if (email === null) throw new LinkingFailure('email_not_found', 'the provider gives no usable e-mail address');
    const user = await findByAddress(this.ports.users.get(), email);
    if (user) return this.linkImplicitly(arrival, user);
    return this.signUp(arrival, email, requestsSignUp);
  }

  /** Links to the user of a session, which must not end before this is committed. @throws LinkingFailure */
  async link(arrival: Arrival, { subjectId, sessionId }: LinkingSession): Promise<void> {
    const users = this.ports.users.get();
    const user = await users.find(subjectId);
    if (!user) throw new LinkingFailure('unable_to_link_account', 'the user does not exist any more');
    const refusal = mayLinkExplicitly(this.settings.linking, arrival, user);
    if (refusal) throw new LinkingFailure(refusal, 'the rules for linking');
    await this.database.transaction(async (tx) => {
      await this.subjects.hold(tx, subjectId);
      const session = await this.ports.sessions.get().hold(tx, sessionId);
      if (session?.subjectId !== subjectId)
        throw new LinkingFailure('state_mismatch', 'the session that began to link has ended');
      await this.insert(tx, arrival, subjectId);
    });
    const { name, image } = arrival.identity.profile;
    if (this.settings.linking.updateUserInfoOnLink)
      await users.update?.(subjectId, { ...(name !== null && { name }), ...(image !== null && { image }) });
  }

  /** @returns null when no user has this identity */
  private async known({ identity, tokens, scopes }: Arrival): Promise<ResolvedUser | null> {
    const account = await this.store.findIdentity(identity.issuer, identity.profile.subject);
    if (!account) return null;
    const epoch = await this.requireEpoch(account.subject);
    // After the epoch was read: unlinking the account from here on makes that epoch out of date.
    const saved = await this.store.save(
      account.id,
      account.subject,
      this.vault.seal(account.id, tokens, scopes, account),
    );
    const user = saved && (await this.ports.users.get().find(account.subject));
    if (!user) throw new LinkingFailure('unable_to_create_session', 'the account was unlinked or its user is gone');
    return { user, epoch, isNew: false };
  }

  private async linkImplicitly(arrival: Arrival, user: HostUser): Promise<ResolvedUser> {
    const epoch = await this.requireEpoch(user.id);
    const refusal = mayLinkImplicitly(this.settings.linking, arrival, user);
    if (refusal) {
      // The user with this address may just have signed up with this same identity in another tab.
      const known = await this.known(arrival);
      if (known) return known;
      throw new LinkingFailure(refusal, 'the rules for linking at sign-in');
    }
    await this.database.transaction(async (tx) => {
      await this.subjects.hold(tx, user.id, epoch);
      await this.insert(tx, arrival, user.id);
    });
    return { user, epoch, isNew: false };
  }

  private async signUp(arrival: Arrival, email: string, requestsSignUp: boolean): Promise<ResolvedUser> {
    const users = this.ports.users.get();
    const { provider, identity } = arrival;
    const { profile } = identity;
    if (
      provider.disableSignUp ||
      (provider.disableImplicitSignUp && !requestsSignUp) ||
      !(users.createIn ?? users.create)
    )
      throw new LinkingFailure('signup_disabled', 'this provider makes no new users');
    const { emailVerified, image } = profile;
    const draft = { email, emailVerified, name: profile.name ?? email.split('@', 1)[0]!, image };
    await this.ports.signInFlow.get().requireMaySignUp(draft);
    const person = { ...draft, password: null };
    const before = users.createIn ? null : await users.create?.(person);
    const user = await this.database.transaction(async (tx) => {
      const created = users.createIn ? await users.createIn(tx, person) : before;
      if (!created) return null;
      await this.subjects.hold(tx, created.id);
      await this.insert(tx, arrival, created.id);
      tx.afterCommit(() => this.events.emit('user.created', { subjectId: created.id }));
      return created;
    });
    if (user) return { user, epoch: 0, isNew: true };
    // The address was taken meanwhile: by the same person in another tab, or by another user.
    const known = await this.known(arrival);
    if (!known) throw new LinkingFailure('account_not_linked', 'the address was taken meanwhile');
    return known;
  }

  /** Links the account to this user; linking their own again is not an error. @throws LinkingFailure when it is another user's */
  private async insert(tx: Transaction, arrival: Arrival, subjectId: string): Promise<void> {
    const { provider, identity, tokens, scopes } = arrival;
    const { issuer, profile } = identity;
    const id = newId();
    const account = { id, subject: subjectId, providerId: provider.providerId, issuer, accountId: profile.subject };
    const inserted = await this.store.insert(tx, { ...account, tokens: this.vault.seal(id, tokens, scopes, null) });
    if (inserted) {
      if ((await this.store.count(tx, subjectId)) > MAX_ACCOUNTS)
        throw new LinkingFailure('account_limit_reached', `the user has ${MAX_ACCOUNTS} linked accounts`);
      const fact = { subjectId, providerId: provider.providerId, accountId: id };
      tx.afterCommit(() => this.events.emit('account.linked', fact));
      return;
    }
    const other = await this.store.findIdentity(issuer, profile.subject, tx);
    if (other?.subject !== subjectId)
      throw new LinkingFailure('account_already_linked_to_different_user', 'the identity is taken');
    await this.store.save(other.id, subjectId, this.vault.seal(other.id, tokens, scopes, other), tx);
  }

  private async requireEpoch(subjectId: string): Promise<number> {
    const epoch = await this.subjects.epoch(subjectId);
    if (epoch === null) throw new LinkingFailure('unable_to_create_session', 'the user is disabled or deleted');
    return epoch;
  }
}
