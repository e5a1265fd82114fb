import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { SERVER, type Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { BackupCodes } from '../factors/backup-codes.js';
import { TwoFactorStore } from '../factors/two-factor.store.js';
import { TwoFactors } from '../factors/two-factors.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** A user has no second factor any more. */
    'two-factor.disabled': { subjectId: string };
  }
}

/** What was established when a removal was decided: a change since then refuses it. */
interface Removal {
  /** Result of `SubjectStore.epoch`. */
  readonly epoch: number;
  readonly caller: Caller;
}

/**
 * The second factors of users, for the host's code: support takes off what a user has lost together with their backup codes.
 *
 * @example
 * class Support {
 *   constructor(private readonly secondFactors: SecondFactorsService) {}
 *   // After the user has shown by other means who they are.
 *   reset = (userId: string) => this.secondFactors.remove(userId);
 * }
 */
@Injectable()
export class SecondFactorsService {
  constructor(
    private readonly factors: TwoFactors,
    private readonly store: TwoFactorStore,
    private readonly backupCodes: BackupCodes,
    private readonly subjects: SubjectStore,
    private readonly ports: HostPorts,
    private readonly events: AuthEvents,
  ) {}

  /** Whether the user is asked for a second factor at sign-in. */
  async isOn(userId: string): Promise<boolean> {
    return (await this.factors.of(userId)).isOn;
  }

  /**
   * Takes off the app, codes by mail and backup codes, with all trust in browsers; passkeys stay. The user gets a mail; whom `requireFor`
   * names sets up another one at the next sign-in.
   * @returns false when there was none
   * @throws AuthError 401 when the user is disabled or forgotten, or changed meanwhile
   */
  async remove(userId: string, change?: Removal): Promise<boolean> {
    if (!(await this.isOn(userId))) return false;
    const epoch = change?.epoch ?? (await this.subjects.epoch(userId));
    if (epoch === null) throw AuthError.invalidToken(`subject ${userId} is disabled or forgotten`);
    await this.ports.credentialChanges.get().make({
      subjectId: userId,
      change: 'factor',
      factor: 'factor-removed',
      epoch,
      endSessions: false,
      caller: change?.caller ?? SERVER,
      write: async (tx) => {
        await this.store.remove(tx, userId);
        await this.backupCodes.remove(tx, userId);
      },
    });
    this.events.emit('two-factor.disabled', { subjectId: userId });
    return true;
  }
}
