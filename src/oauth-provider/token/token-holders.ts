import { Injectable } from '@nestjs/common';
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

  /** @throws AuthError 400 `invalid_grant` when the user or their session has ended */
  async hold(tx: Transaction, { subjectKind, subjectId, sessionId }: TokenOrder): Promise<void> {
    // Nobody holds a client: the epoch of its tokens ends with it (ADR 15). Lock order: docs/architecture.md.
    if (subjectKind === 'client') return;
    if (sessionId === null) return this.holdUser(tx, subjectId);
    const held = await this.ports.sessions.get().hold(tx, sessionId, { withUser: true });
    if (held?.subjectId !== subjectId) throw AuthError.invalidGrant('the session or its user has ended');
  }

  private async holdUser(tx: Transaction, subjectId: string): Promise<void> {
    try {
      await this.subjects.hold(tx, subjectId);
    } catch (error) {
      if (error instanceof AuthError && error.status === 401)
        throw AuthError.invalidGrant(error.detail ?? 'the user has ended');
      throw error;
    }
  }
}
