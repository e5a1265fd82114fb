import { Inject, Injectable } from '@nestjs/common';
import { Database, type Executor } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { Extensions } from '../../common/extensions.js';
import type { SignInMethod, SignInMethods } from '../../common/ports/sign-in-methods.js';
import { SubjectStore, type SubjectEnd } from '../../common/subjects/subject.store.js';
import { accountNotFound } from '../account-linking.errors.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { LinkStateStore } from '../states/link-state.store.js';
import { LinkedAccountStore, type AccountSelector } from './linked-account.store.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'account.linked': { subjectId: string; providerId: string; accountId: string };
    'account.unlinked': { subjectId: string; providerId: string; accountId: string };
  }
}

/** A sign-in method as `/list-accounts` shows it. Holds no token. */
export interface LinkedAccountView {
  readonly id: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly scopes: readonly string[];
}

interface OwnedMethod {
  readonly source: SignInMethods;
  readonly method: SignInMethod;
}

/**
 * The sign-in methods of users, for host code and for the routes.
 *
 * @example
 * const accounts = app.get(LinkedAccountsService);
 * const [first] = await accounts.listAll('user-1');
 * if (first) await accounts.unlink('user-1', { providerId: first.providerId, accountId: first.accountId });
 */
@Injectable()
export class LinkedAccountsService implements SignInMethods {
  constructor(
    private readonly database: Database,
    private readonly store: LinkedAccountStore,
    private readonly states: LinkStateStore,
    private readonly subjects: SubjectStore,
    private readonly events: AuthEvents,
    private readonly providers: ProviderDirectory,
    private readonly extensions: Extensions,
    @Inject(ACCOUNT_LINKING_SETTINGS) private readonly settings: AccountLinkingSettings,
  ) {}

  /** All sign-in methods of a user: the password as provider `credential`, and the linked accounts. */
  async listAll(userId: string): Promise<LinkedAccountView[]> {
    const owned = await this.owned(this.database, userId);
    return owned.filter(isListed).map(({ method }) => toView(method));
  }

  /** Whether one of these would leave another way to sign in. */
  async hasAnother(userId: string): Promise<boolean> {
    return (await this.owned(this.database, userId)).length > 1;
  }

  /**
   * Removes one sign-in method. Sign-ins under way with it fail; sessions go on.
   * @throws AuthError 400 `ACCOUNT_NOT_FOUND`, also when several match; 400 `FAILED_TO_UNLINK_LAST_ACCOUNT` (T116)
   */
  async unlink(userId: string, which: AccountSelector): Promise<void> {
    await this.database.transaction(async (tx) => {
      // Under the lock: of two requests that remove one method each, the second sees that only one is left.
      const epoch = await this.subjects.lock(tx, userId);
      const owned = await this.owned(tx, userId);
      const [target, ...more] = owned.filter(isListed).filter(({ method }) => fits(method, which));
      if (!target || more.length > 0) throw accountNotFound();
      const isLast = !owned.some((other) => other !== target && other.method.usable);
      if (isLast && !this.settings.linking.allowUnlinkingAll)
        throw AuthError.badRequest('FAILED_TO_UNLINK_LAST_ACCOUNT', "You can't unlink your last account");
      if (!(await target.source.remove(tx, userId, target.method.id))) throw accountNotFound();
      await this.subjects.renew(tx, userId, epoch);
      const { providerId, id } = target.method;
      tx.afterCommit(() => this.events.emit('account.unlinked', { subjectId: userId, providerId, accountId: id }));
    });
  }

  /** The linked accounts among the sign-in methods. @see SignInMethods */
  async list(executor: Executor, subjectId: string): Promise<SignInMethod[]> {
    const rows = await this.store.list(executor, subjectId);
    return rows.map((row) => ({
      id: row.id,
      providerId: row.provider_id,
      accountId: row.account_id,
      userId: row.subject,
      scopes: row.scopes,
      usable: this.providers.find(row.provider_id) !== undefined,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }));
  }

  async remove(tx: Transaction, subjectId: string, methodId: string): Promise<boolean> {
    return (await this.store.remove(tx, subjectId, methodId)) !== null;
  }

  /**
   * Removes a forgotten user's accounts. A disabled user's tokens are dropped, but the accounts stay linked: otherwise the
   * user could come back through the same provider as a new one.
   */
  async onSubjectEnd(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    await this.states.removeOf(tx, subjectId);
    if (end === 'disabled') await this.store.dropTokens(tx, subjectId);
    if (end === 'forgotten') await this.store.removeAll(tx, subjectId);
  }

  /** Oldest first. */
  private async owned(executor: Executor, userId: string): Promise<OwnedMethod[]> {
    const owned: OwnedMethod[] = [];
    // One after the other: a transaction has one connection.
    for (const { signInMethods: source } of this.extensions.all)
      if (source) for (const method of await source.list(executor, userId)) owned.push({ source, method });
    return owned.sort((left, right) => left.method.createdAt.getTime() - right.method.createdAt.getTime());
  }
}

function isListed({ source }: OwnedMethod): boolean {
  return source.haveOwnList !== true;
}

function toView({ id, providerId, accountId, userId, createdAt, updatedAt, scopes }: SignInMethod): LinkedAccountView {
  return { id, providerId, accountId, userId, createdAt, updatedAt, scopes };
}

function fits(method: SignInMethod, which: AccountSelector): boolean {
  if ('id' in which) return method.id === which.id;
  return method.providerId === which.providerId && (which.accountId === null || method.accountId === which.accountId);
}
