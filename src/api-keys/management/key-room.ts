import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { ApiKeyRow, MintedApiKey } from '../keys/api-key.columns.js';
import { keyErrors } from '../keys/api-key.errors.js';
import { ownerSubject } from '../keys/api-key.owner.js';
import { ApiKeyStore } from '../keys/api-key.store.js';

/** Multiple of `maxPerOwner`: deleted keys keep their rows for a while, so making and deleting in turn is bounded too. */
const MADE_A_DAY = 10;

/** How many keys an owner has, while no other key of theirs can be made. */
@Injectable()
export class KeyRoom {
  constructor(
    private readonly store: ApiKeyStore,
    private readonly subjects: SubjectStore,
  ) {}

  /** What the same order has made. The owner is locked first, so that of two at once the second sees what the first has made. */
  async madeBefore(
    tx: Transaction,
    owner: ApiKeyOwner,
    key: MintedApiKey,
    order: string | undefined,
  ): Promise<ApiKeyRow | null> {
    if (order === undefined) return null;
    await this.subjects.lock(tx, ownerSubject(owner));
    return this.store.findMade(tx, key);
  }

  /**
   * Locks the owner until the transaction ends, so that no other key of theirs is added and the count is exact.
   * @throws AuthError 403 `KEY_LIMIT_REACHED`
   */
  async require(
    tx: Transaction,
    owner: ApiKeyOwner,
    { configId, maxPerOwner }: ConfigurationSettings,
    more: 0 | 1,
  ): Promise<void> {
    await this.subjects.lock(tx, ownerSubject(owner));
    const { held, made_today: made } = await this.store.countOf(tx, owner, configId);
    if (more > 0 && held >= maxPerOwner) throw keyErrors.tooMany(maxPerOwner);
    if (made >= maxPerOwner * MADE_A_DAY) throw keyErrors.tooManyToday(maxPerOwner * MADE_A_DAY);
  }
}
