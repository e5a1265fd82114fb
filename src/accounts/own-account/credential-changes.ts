import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { Extensions } from '../../common/extensions.js';
import { Outbox } from '../../common/mail/outbox.js';
import { OneTimeSecrets } from '../../common/one-time/one-time-secrets.js';
import type { Caller } from '../../common/ports/caller.js';
import type { ChangeTerms, CredentialChange, CredentialChangePort } from '../../common/ports/credential-change.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { SessionEnds } from '../sessions/session.ends.js';
import { SessionStore } from '../sessions/session.store.js';
import { SignInService } from '../sign-in/sign-in.service.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** A user's password, address or second factor is another one. Their earlier proofs of identity count for nothing. */
    'credentials.changed': { subjectId: string; change: CredentialChange; ipAddress: string | null };
  }
}

/** Terms of a new password; with it the account can have another `owner`. */
export type NewPassword = Omit<ChangeTerms, 'change'> & { readonly change?: 'password' | 'owner' };

const NOTICE_SECONDS = 86_400;

/**
 * The one step by which a credential becomes another: every proof of the old one is worthless from then on, what was under way by it ends
 * (links, codes, trusted devices), and the user hears of it.
 */
@Injectable()
export class CredentialChanges implements CredentialChangePort {
  constructor(
    private readonly database: Database,
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
    private readonly sessions: SessionStore,
    private readonly ends: SessionEnds,
    private readonly revoker: TokenRevoker,
    private readonly secrets: OneTimeSecrets,
    private readonly extensions: Extensions,
    private readonly outbox: Outbox,
    private readonly events: AuthEvents,
    private readonly signIns: SignInService,
  ) {}

  /**
   * @returns the epoch for a session to start now
   * @throws AuthError 401 when another change came first and made the proof worthless
   */
  async make(terms: ChangeTerms): Promise<number> {
    const { subjectId, change, factor = null, epoch, endSessions, caller } = terms;
    return this.database.transaction(async (tx) => {
      const renewed = await this.subjects.renew(tx, subjectId, epoch);
      await terms.write(tx);
      await this.secrets.forget(tx, subjectId);
      for (const { onCredentialChange } of this.extensions.all) await onCredentialChange?.(tx, subjectId, terms);
      if (endSessions) {
        const reason = `${change} changed`;
        await this.ends.within(tx, subjectId, await this.sessions.endAll(tx, subjectId, null), reason);
        await this.revoker.revoke(tx, { subject: subjectId }, reason);
      }
      const facts = { change, factor, ipAddress: caller.address, userAgent: caller.userAgent };
      await this.outbox.order(
        { kind: 'credential-changed', subject: subjectId, facts, usefulSeconds: NOTICE_SECONDS },
        tx,
      );
      tx.afterCommit(() => this.events.emit('credentials.changed', { subjectId, change, ipAddress: caller.address }));
      return renewed;
    });
  }

  /**
   * Sets a password; hashes it while nothing is locked.
   * @throws AuthError 400 `PASSWORD_CHANGE_DISABLED`, or as `make`
   */
  async setPassword(password: string, { write, change = 'password', ...terms }: NewPassword): Promise<number> {
    const users = this.ports.users.get();
    if (!users.preparePassword)
      throw AuthError.badRequest('PASSWORD_CHANGE_DISABLED', 'Passwords are managed elsewhere');
    const writePassword = await users.preparePassword(terms.subjectId, password);
    return this.make({
      ...terms,
      change,
      write: async (tx) => {
        await write(tx);
        await writePassword(tx);
      },
    });
  }

  async confirmPassword(user: HostUser, password: string, caller: Caller): Promise<void> {
    await this.signIns.confirmPassword(user, password, caller);
  }
}
