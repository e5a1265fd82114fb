import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { HostPorts } from '../../common/ports/port.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import {
  DeviceAuthorizationStore,
  type Decision,
  type PendingRow,
  type WaitingRow,
} from '../authorizations/device-authorization.store.js';
import { UserCodeDigests } from '../authorizations/user-code-digests.js';
import { alreadyDecided, claimedByAnother, expired, notClaimed, unknownUserCode } from '../device.errors.js';
import { CodeAttempts } from './code-attempts.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'device.decided': { authorizationId: string; clientId: string; subjectId: string; decision: Decision };
  }
}

/** The user in person, by their session; never a client that acts for them. */
export interface Verifier {
  readonly subjectId: string;
  readonly sessionId: string;
  readonly authenticatedAt: Date | null;
}

/** What users do with codes (RFC 8628 3.3). The user who opens a code first decides (T100). */
@Injectable()
export class VerificationService {
  constructor(
    private readonly database: Database,
    private readonly store: DeviceAuthorizationStore,
    private readonly digests: UserCodeDigests,
    private readonly attempts: CodeAttempts,
    private readonly subjects: SubjectStore,
    private readonly ports: HostPorts,
    private readonly events: AuthEvents,
  ) {}

  /**
   * The device behind a code. The first user who opens it reserves the decision.
   * @param verifier null: a caller without a session, who reserves nothing
   * @throws AuthError 404 for an unknown code, 400 `expired_token`, 429 after too many wrong codes
   */
  async open(typed: string, verifier: Verifier | null, address: string | null): Promise<WaitingRow> {
    const hashes = this.digests.ofTyped(typed);
    if (!hashes) throw unknownUserCode();
    // A code that they opened before is not a guess: others who guess from the same address cannot block it.
    const row =
      (verifier && (await this.store.findClaimed(hashes, verifier.subjectId))) ??
      (await this.attempts.counted({ ...verifier, address }, async () => {
        const claimed = verifier && (await this.store.claim(hashes, verifier.subjectId));
        return claimed ?? this.store.find(hashes);
      }));
    if (!row) throw unknownUserCode();
    if (row.expired) throw expired();
    return row;
  }

  /**
   * Approves or denies, once.
   * @throws AuthError 404 unknown, 400 `invalid_request` if not opened or already decided, `expired_token`, 403 if another user opened it
   */
  async decide(typed: string, decision: Decision, verifier: Verifier, address: string | null): Promise<void> {
    const hashes = this.digests.ofTyped(typed);
    if (!hashes) throw unknownUserCode();
    const row = await this.store.findClaimed(hashes, verifier.subjectId);
    if (!row) throw await this.reasonOf(hashes, verifier, address);
    if (row.expired) throw expired();
    if (row.status !== 'pending') throw alreadyDecided();
    if (decision === 'approved') await this.admit(row, verifier.subjectId);
    await this.settle(row, decision, verifier);
  }

  /** Devices that nobody has decided about yet, the latest first: for administrators. */
  pending(limit: number, offset: number): Promise<{ rows: PendingRow[]; total: number }> {
    return this.store.listPending(limit, offset);
  }

  /** Denies for an administrator, whatever user has opened the code. @returns false when it is unknown, decided or expired */
  async refuse(authorizationId: string, administratorId: string): Promise<boolean> {
    const clientId = await this.store.refuse(authorizationId);
    if (clientId === null) return false;
    this.events.emit('device.decided', { authorizationId, clientId, subjectId: administratorId, decision: 'denied' });
    return true;
  }

  /** What has become of a code that this user has opened; null: they have not, or the device has fetched what it waited for. */
  async statusOf(typed: string, { subjectId }: Verifier): Promise<WaitingRow['status'] | null> {
    const hashes = this.digests.ofTyped(typed);
    const row = hashes && (await this.store.findClaimed(hashes, subjectId));
    return row?.status ?? null;
  }

  /** Why this user may not decide on a code that they have not opened. Counts as a guess. */
  private async reasonOf(hashes: readonly Buffer[], verifier: Verifier, address: string | null): Promise<AuthError> {
    const row = await this.attempts.counted({ ...verifier, address }, () => this.store.find(hashes));
    if (!row) return unknownUserCode();
    if (row.expired) return expired();
    if (row.status !== 'pending') return alreadyDecided();
    return row.subject === null ? notClaimed() : claimedByAnother();
  }

  /** Asks the host about this user and this client, as the authorization endpoint does. */
  private async admit({ gives, client_id: clientId, scopes }: WaitingRow, subjectId: string): Promise<void> {
    if (gives === 'session') return;
    const server = this.ports.authorizationServer.get();
    const client = await server.findClient(clientId);
    if (!client) throw AuthError.invalidRequest('The client has been removed');
    await server.admitUser(client, subjectId, scopes);
  }

  private async settle(row: WaitingRow, decision: Decision, verifier: Verifier): Promise<void> {
    const { subjectId, sessionId } = verifier;
    const epoch = await this.subjects.epoch(subjectId);
    if (epoch === null) throw AuthError.unauthenticated();
    await this.database.transaction(async (tx) => {
      // Ending the session waits for this lock and then withdraws the approval; a session that has ended cannot approve.
      const session = await this.ports.sessions.get().hold(tx, sessionId);
      if (!session) throw AuthError.unauthenticated();
      const { authenticatedAt, methods, roles } = session;
      const by = { ...verifier, epoch, authenticatedAt, methods, roles };
      if (!(await this.store.decide(tx, row.id, decision, by))) throw alreadyDecided();
      tx.afterCommit(() =>
        this.events.emit('device.decided', { authorizationId: row.id, clientId: row.client_id, subjectId, decision }),
      );
    });
  }
}
