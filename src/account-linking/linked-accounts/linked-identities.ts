import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { newId } from '../../common/new-id.js';
import type { ForeignAccount, LinkedAccounts } from '../../common/ports/linked-accounts.js';
import { ProviderDirectory } from '../providers/provider.directory.js';
import { LinkedAccountStore, type SealedTokens } from './linked-account.store.js';

/** Nobody has signed in by it yet. */
const NO_TOKENS: SealedTokens = {
  box: null,
  scopes: [],
  accessExpiresInSeconds: null,
  refreshExpiresInSeconds: null,
};

/** What other capabilities see of linked accounts: it fills the kernel's port. */
@Injectable()
export class LinkedIdentities implements LinkedAccounts {
  constructor(
    private readonly store: LinkedAccountStore,
    private readonly providers: ProviderDirectory,
    private readonly events: AuthEvents,
  ) {}

  async ownerOf({ issuer, accountId }: ForeignAccount): Promise<string | null> {
    return (await this.store.findIdentity(issuer, accountId))?.subject ?? null;
  }

  async link(tx: Transaction, { issuer, accountId }: ForeignAccount, subject: string): Promise<boolean> {
    const id = newId();
    const providerId = this.nameOf(issuer);
    const row = await this.store.insert(tx, { id, subject, providerId, issuer, accountId, tokens: NO_TOKENS });
    if (!row) return false;
    const fact = { subjectId: subject, providerId, accountId: id };
    tx.afterCommit(() => this.events.emit('account.linked', fact));
    return true;
  }

  /** Under the name of the provider, the user can also sign in by it. */
  private nameOf(issuer: string): string {
    return this.providers.all.find(({ settings }) => settings.issuer === issuer)?.settings.providerId ?? issuer;
  }
}
