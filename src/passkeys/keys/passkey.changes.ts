import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { Caller } from '../../common/ports/caller.js';
import type { FactorChange } from '../../common/ports/credential-change.js';
import { HostPorts } from '../../common/ports/port.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';

/** Of changes of one user at the same moment, one goes first, and the others look again. */
const TRIES = 5;

/** Who adds or removes a passkey: a user in person, in a session. */
export interface PasskeyOwner {
  readonly principal: AuthPrincipal;
  readonly caller: Caller;
}

type PasskeyChange = Extract<FactorChange, `passkey-${string}`>;
type Write = (tx: Transaction) => Promise<void>;

/**
 * Adds and removes passkeys by the one step by which credentials change: what was under way by the old ones ends, and the user hears of it.
 * Their sessions go on.
 */
@Injectable()
export class PasskeyChanges {
  constructor(
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
  ) {}

  /**
   * @param write under the exclusive lock of the user; it may run again, in a new transaction
   * @throws AuthError 401 when session or user have ended meanwhile
   */
  async make({ principal, caller }: PasskeyOwner, factor: PasskeyChange, write: Write): Promise<void> {
    const { subjectId, sessionId } = principal;
    for (let tries = 1; ; tries++) {
      const epoch = await this.subjects.epoch(subjectId);
      if (epoch === null || sessionId === null) throw AuthError.invalidToken('the user has ended');
      try {
        await this.ports.credentialChanges.get().make({
          subjectId,
          change: 'factor',
          factor,
          epoch,
          endSessions: false,
          caller,
          write: async (tx) => {
            // The proof is the session: it must be there still, now that nothing else can end it.
            if (!(await this.ports.sessions.get().hold(tx, sessionId)))
              throw AuthError.invalidToken('the session has ended');
            await write(tx);
          },
        });
        return;
      } catch (error) {
        const cameSecond = error instanceof AuthError && error.status === 401;
        if (!cameSecond || tries === TRIES || !(await this.ports.sessions.get().isAlive(sessionId))) throw error;
      }
    }
  }
}
