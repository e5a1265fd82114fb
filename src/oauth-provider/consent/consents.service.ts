import { Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { ActingAgent } from '../../common/ports/acting-agent.js';
import { SubjectStore, type SubjectEnd } from '../../common/subjects/subject.store.js';
import { TokenRevoker } from '../../common/tokens/token.revoker.js';
import { AuthorizationCodeStore } from '../codes/authorization-code.store.js';
import { ClientDirectory } from '../clients/client.directory.js';
import { ActingServices, type ActingService } from './acting-services.store.js';
import { ConsentStore, type ConsentRow } from './consent.store.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'consent.withdrawn': { subjectId: string; clientId: string };
  }
}

/** An application that a user has granted access. */
export interface ConnectedApplication {
  readonly clientId: string;
  /** Null: the client is disabled or deleted. */
  readonly name: string | null;
  readonly icon: string | null;
  readonly uri: string | null;
  /** Whoever runs this server says that it is an agent. */
  readonly isAgent: boolean;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly claims: readonly string[];
  /** Clients that act for the user through it, by token exchange; their tokens end with its own. */
  readonly services: readonly { readonly clientId: string; readonly name: string | null; readonly lastAt: Date }[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * What users have granted, and how they take it back.
 *
 * @example
 * const consents = app.get(ConsentsService);
 * for (const { clientId } of await consents.applications('user-1')) await consents.withdraw('user-1', clientId);
 */
@Injectable()
export class ConsentsService {
  constructor(
    private readonly database: Database,
    private readonly store: ConsentStore,
    private readonly codes: AuthorizationCodeStore,
    private readonly directory: ClientDirectory,
    private readonly subjects: SubjectStore,
    private readonly revoker: TokenRevoker,
    private readonly events: AuthEvents,
    private readonly extensions: Extensions,
    private readonly acting: ActingServices,
  ) {}

  /** Last changed first, at most 500. */
  async applications(subjectId: string): Promise<ConnectedApplication[]> {
    const rows = await this.store.list(subjectId);
    const services = rows.length === 0 ? [] : await this.acting.of(subjectId);
    return Promise.all(rows.map((row) => this.describe(row, services)));
  }

  /** Agents that act for this user by an API key of theirs, which ends them when it ends. At most 100, last made first. */
  async agents(subjectId: string): Promise<ActingAgent[]> {
    return (await Promise.all(this.extensions.all.map((one) => one.agentsOf?.(subjectId) ?? []))).flat();
  }

  list(subjectId: string): Promise<ConsentRow[]> {
    return this.store.list(subjectId);
  }

  /** @throws AuthError 404 when the user has no consent with this id */
  async get(subjectId: string, id: string): Promise<ConsentRow> {
    const row = UUID.test(id) ? await this.store.findById(subjectId, id) : null;
    if (!row) throw AuthError.notFound('There is no such consent');
    return row;
  }

  /**
   * Withdraws all that this user has granted this client: consent, codes, and every token, also those of `offline_access`.
   * @returns false when there was no consent; what the client got without one ends as well
   */
  async withdraw(subjectId: string, clientId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const withdrawn = await this.endTokens(tx, subjectId, clientId);
      tx.afterCommit(() => this.events.emit('consent.withdrawn', { subjectId, clientId }));
      return withdrawn;
    });
  }

  /**
   * Keeps only these scopes granted; the client's codes and tokens of this user end.
   * @throws AuthError 400 for a scope that was not granted, 404
   */
  async narrow(subjectId: string, id: string, scopes: readonly string[]): Promise<ConsentRow> {
    const row = await this.get(subjectId, id);
    if (!scopes.every((scope) => row.scopes.includes(scope)))
      throw AuthError.oauth('invalid_scope', 'A consent can be narrowed, not widened');
    return this.database.transaction(async (tx) => {
      await this.subjects.lock(tx, subjectId);
      const narrowed = await this.store.narrow(tx, subjectId, id, scopes);
      if (!narrowed) throw AuthError.notFound('There is no such consent');
      await this.codes.removeGranted(tx, subjectId, row.client_id);
      await this.revoker.revoke(tx, { subject: subjectId, grantedTo: row.client_id }, 'consent narrowed');
      return narrowed;
    });
  }

  /** Called when the user is disabled or forgotten; their tokens end elsewhere. */
  async onSubjectEnd(tx: Transaction, subjectId: string, end: SubjectEnd): Promise<void> {
    await this.codes.removeGranted(tx, subjectId, null);
    if (end === 'forgotten') await this.store.withdrawAll(tx, subjectId);
  }

  private async endTokens(tx: Transaction, subjectId: string, clientId: string): Promise<boolean> {
    // Waits for every transaction that is issuing the client something for this user, so that the statements below see it.
    await this.subjects.lock(tx, subjectId);
    const withdrawn = await this.store.withdraw(tx, subjectId, clientId);
    await this.codes.removeGranted(tx, subjectId, clientId);
    await this.revoker.revoke(tx, { subject: subjectId, grantedTo: clientId }, 'consent withdrawn');
    return withdrawn;
  }

  private async describe(row: ConsentRow, services: readonly ActingService[]): Promise<ConnectedApplication> {
    const client = await this.directory.find(row.client_id);
    const through = services.filter((one) => one.through === row.client_id);
    return {
      clientId: row.client_id,
      name: client?.name ?? null,
      icon: client?.logoUri ?? null,
      uri: client?.uri ?? null,
      isAgent: client?.isAgent ?? false,
      scopes: row.scopes,
      resources: row.resources,
      claims: row.claims,
      services: await Promise.all(
        through.map(async ({ clientId, lastAt }) => ({
          clientId,
          name: (await this.directory.find(clientId))?.name ?? null,
          lastAt,
        })),
      ),
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
