import { Injectable } from '@nestjs/common';
import type { StatementPart } from '../../common/database/statement-part.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import type { TokenOrder } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';

/** Locks the user and session that tokens are for until the tokens are written, so that ending either also ends the tokens (T036, T084). */
@Injectable()
export class TokenHolders {
  constructor(
    private readonly ports: HostPorts,
    private readonly subjects: SubjectStore,
  ) {}

  /** What holds user and session, inside the statement that writes the tokens. A client is not held: its epoch ends its tokens (ADR 15). */
  partOf({ subjectKind, subjectId, sessionId }: Holders): StatementPart | undefined {
    if (subjectKind === 'client' || sessionId === null) return undefined;
    return this.ports.sessions.get().holding(sessionId, subjectId);
  }

  /** Whether `hold` has to run first: there is a user, whose row may have to be created, but no session. */
  mustHoldFirst({ subjectKind, sessionId }: Holders): boolean {
    return subjectKind === 'user' && sessionId === null;
  }

  /** @throws AuthError 400 `invalid_grant` when the user has ended */
  async hold(tx: Transaction, { subjectId }: Holders): Promise<void> {
    try {
      await this.subjects.hold(tx, subjectId);
    } catch (error) {
      if (error instanceof AuthError && error.status === 401)
        throw AuthError.invalidGrant(error.detail ?? 'the user has ended');
      throw error;
    }
  }
}

type Holders = Pick<TokenOrder, 'subjectKind' | 'subjectId' | 'sessionId'>;
