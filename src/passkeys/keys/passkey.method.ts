import { Injectable } from '@nestjs/common';
import type { Executor } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import type { SignInMethod, SignInMethods } from '../../common/ports/sign-in-methods.js';
import { PasskeyStore } from './passkey.store.js';

/** Passkeys as sign-in methods: each counts as one. */
@Injectable()
export class PasskeyMethod implements SignInMethods {
  readonly haveOwnList = true;

  constructor(private readonly store: PasskeyStore) {}

  async list(executor: Executor, subjectId: string): Promise<SignInMethod[]> {
    const rows = await this.store.list(executor, subjectId);
    return rows.map(({ id, credential_id, created_at: createdAt, last_used_at }) => ({
      id,
      providerId: 'passkey',
      accountId: credential_id.toString('base64url'),
      userId: subjectId,
      scopes: [],
      usable: true,
      createdAt,
      updatedAt: last_used_at ?? createdAt,
    }));
  }

  async remove(tx: Transaction, subjectId: string, methodId: string): Promise<boolean> {
    return this.store.remove(tx, subjectId, methodId);
  }
}
