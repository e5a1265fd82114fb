import { Injectable } from '@nestjs/common';
import type { Executor } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { Outbox } from '../../common/mail/outbox.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInMethod, SignInMethods } from '../../common/ports/sign-in-methods.js';

const PROVIDER_ID = 'credential';
const NOTICE_SECONDS = 86_400;

/** The password as a sign-in method. */
@Injectable()
export class PasswordMethod implements SignInMethods {
  constructor(
    private readonly ports: HostPorts,
    private readonly outbox: Outbox,
  ) {}

  async list(executor: Executor, subjectId: string): Promise<SignInMethod[]> {
    const users = this.ports.users.get();
    const dates = await users.passwordDates?.(subjectId, executor);
    if (!dates) return [];
    const usable = users.verifyPassword !== undefined;
    const common = { providerId: PROVIDER_ID, accountId: subjectId, userId: subjectId, scopes: [], usable };
    return [{ id: idOf(subjectId), ...common, createdAt: dates.createdAt, updatedAt: dates.updatedAt }];
  }

  async remove(tx: Transaction, subjectId: string, methodId: string): Promise<boolean> {
    const users = this.ports.users.get();
    if (methodId !== idOf(subjectId) || !users.removePassword) return false;
    await users.removePassword(subjectId, tx);
    const facts = { change: 'password', ipAddress: null, userAgent: null };
    await this.outbox.order(
      { kind: 'credential-changed', subject: subjectId, facts, usefulSeconds: NOTICE_SECONDS },
      tx,
    );
    return true;
  }
}

/** A user has one password, so the user's id identifies it. */
function idOf(subjectId: string): string {
  return `${PROVIDER_ID}:${subjectId}`;
}
