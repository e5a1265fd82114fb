import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import type { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { Outbox } from '../../common/mail/outbox.js';
import type { Caller } from '../../common/ports/caller.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { PasskeyStore } from '../keys/passkey.store.js';
import { authenticationFailed, unknownCredential } from '../passkeys.errors.js';
import type { ProvenPasskey } from './authentications.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** A passkey has counted back: there is a copy of it. The sign-in was refused. */
    'passkey.copied': { subjectId: string; passkeyId: string; ipAddress: string | null };
  }
}

const NOTICE_SECONDS = 86_400;

/** Notes that a passkey was used, by which copies are found. */
@Injectable()
export class PasskeyUses {
  constructor(
    private readonly store: PasskeyStore,
    private readonly subjects: SubjectStore,
    private readonly outbox: Outbox,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Runs what a proof leads to. A copy is told after the transaction: what was noted in it is undone.
   * @param act gets what notes the use: call it first in the transaction of the session
   * @throws AuthError 400 `AUTHENTICATION_FAILED`, 401 `PASSKEY_NOT_FOUND`, and those of `act`
   */
  async noting<T>(
    proven: ProvenPasskey,
    caller: Caller,
    act: (note: (tx: Transaction) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    let copied: AuthError | undefined;
    try {
      return await act(async (tx) => {
        copied = undefined;
        const { passkey, answer, epoch } = proven;
        // The user first, as everybody who locks both does: whoever removes the passkey has locked the user.
        await this.subjects.hold(tx, passkey.subject, epoch);
        if (await this.store.use(tx, passkey.id, answer)) return;
        if (!(await this.store.exists(tx, passkey.id))) throw unknownCredential('the passkey was removed meanwhile');
        throw (copied = authenticationFailed(`passkey ${passkey.id} counts ${answer.counter}: there is a copy`));
      });
    } catch (error) {
      if (copied !== undefined && error === copied) await this.tell(proven, caller);
      throw error;
    }
  }

  private async tell({ passkey }: ProvenPasskey, { address, userAgent }: Caller): Promise<void> {
    const { subject, id: passkeyId, name } = passkey;
    const facts = { name, ipAddress: address, userAgent };
    await this.outbox.order({ kind: 'passkey-copied', subject, facts, usefulSeconds: NOTICE_SECONDS });
    this.events.emit('passkey.copied', { subjectId: subject, passkeyId, ipAddress: address });
  }
}
