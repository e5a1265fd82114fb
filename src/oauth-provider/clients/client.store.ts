import { Injectable } from '@nestjs/common';
import { Database, type Executor } from '../../common/database/database.js';
import type { Transaction } from '../../common/database/transaction.js';
import { scriptOriginsOf, type ClientMetadata, type ClientPolicy } from './metadata/client-metadata.js';
import {
  ALLOWS_ORIGIN,
  COUNT,
  COUNT_OPEN,
  DELETE,
  END_CODES,
  END_REQUESTS,
  FIND,
  FIND_BY_TOKEN,
  INSERT,
  LIST,
  LOCK_OPEN,
  OWNED,
  REPLACE_SECRET,
  UPDATE,
  UPSERT,
} from './client.statements.js';
import type { ClientOrigin } from './metadata/registered-client.js';

export interface ClientRow {
  client_id: string;
  registered_by: ClientOrigin;
  owner_id: string | null;
  metadata: ClientMetadata;
  policy: Partial<ClientPolicy>;
  secret_hash: Buffer | null;
  secret_box: Buffer | null;
  secret_expires_at: Date | null;
  previous_secret_hash: Buffer | null;
  previous_secret_box: Buffer | null;
  /** By the database's clock at the time of reading. */
  secret_live: boolean;
  previous_secret_live: boolean;
  disabled: boolean;
  /** Of the client's subject. */
  epoch: number;
  created_at: Date;
  updated_at: Date;
}

/** A client's secret as it is stored: hashed, or encrypted when it is an HMAC key. */
export interface StoredSecret {
  readonly hash: Buffer | null;
  readonly box: Buffer | null;
  /** Null: no end. */
  readonly lifetimeSeconds: number | null;
}

export interface NewClient {
  readonly clientId: string;
  readonly registeredBy: ClientOrigin;
  readonly ownerId: string | null;
  readonly metadata: ClientMetadata;
  readonly policy: Partial<ClientPolicy>;
  readonly secret: StoredSecret | null;
  readonly registrationTokenHash: Buffer | null;
}

/** What a client registered and what it is allowed; `origins` follow from the metadata. */
export interface ClientDescription {
  readonly metadata: ClientMetadata;
  readonly policy: Partial<ClientPolicy>;
}

export interface ClientFilter {
  readonly ownerId: string | null;
  /** The id, or part of the name. */
  readonly search: string | null;
}

/** Every statement about clients. */
@Injectable()
export class ClientStore {
  constructor(private readonly database: Database) {}

  async find(clientId: string, executor: Executor = this.database): Promise<ClientRow | null> {
    const [row] = await executor.query<ClientRow>(FIND, [clientId]);
    return row ?? null;
  }

  /** @returns false when the id is taken */
  async insert(tx: Transaction, client: NewClient): Promise<boolean> {
    const rows = await tx.query(INSERT, [
      client.clientId,
      client.registeredBy,
      client.ownerId,
      JSON.stringify(client.metadata),
      JSON.stringify(client.policy),
      scriptOriginsOf(client.metadata),
      client.secret?.hash ?? null,
      client.secret?.box ?? null,
      client.secret?.lifetimeSeconds ?? null,
      client.registrationTokenHash,
    ]);
    return rows.length > 0;
  }

  /** Whether a live public client has a redirect URI of this origin. */
  async allowsOrigin(origin: string): Promise<boolean> {
    return (await this.database.query(ALLOWS_ORIGIN, [origin])).length > 0;
  }

  /** The live client with this registration access token. */
  async findByToken(clientId: string, tokenHash: Buffer): Promise<ClientRow | null> {
    const [row] = await this.database.query<ClientRow>(FIND_BY_TOKEN, [clientId, tokenHash]);
    return row ?? null;
  }

  async upsert(tx: Transaction, client: Pick<NewClient, 'clientId' | 'metadata' | 'policy' | 'secret'>): Promise<void> {
    const { clientId, metadata, policy, secret } = client;
    await tx.query(UPSERT, [
      clientId,
      JSON.stringify(metadata),
      JSON.stringify(policy),
      scriptOriginsOf(metadata),
      secret?.hash ?? null,
      secret?.box ?? null,
    ]);
  }

  /** @returns false when the row has changed since it was read */
  async update(
    tx: Transaction,
    clientId: string,
    before: ClientDescription,
    after: ClientDescription,
  ): Promise<boolean> {
    const rows = await tx.query(UPDATE, [
      clientId,
      JSON.stringify(before.metadata),
      JSON.stringify(before.policy),
      JSON.stringify(after.metadata),
      JSON.stringify(after.policy),
      scriptOriginsOf(after.metadata),
    ]);
    return rows.length > 0;
  }

  /**
   * @param secret null: the client no longer has one
   * @param overlapSeconds how long the previous one stays valid
   * @param method the client's authentication method; it decides how a secret is stored
   * @returns false when the client is gone, or its method has changed
   */
  async replaceSecret(
    tx: Transaction,
    clientId: string,
    secret: StoredSecret | null,
    { overlapSeconds, method }: { readonly overlapSeconds: number; readonly method: string },
  ): Promise<boolean> {
    const { hash = null, box = null, lifetimeSeconds = null } = secret ?? {};
    return (await tx.query(REPLACE_SECRET, [clientId, hash, box, lifetimeSeconds, overlapSeconds, method])).length > 0;
  }

  /** Also deletes its consents, its sessions and its logout deliveries. @returns false when there is none */
  async delete(tx: Transaction, clientId: string): Promise<boolean> {
    return (await tx.query(DELETE, [clientId])).length > 0;
  }

  async endCodes(tx: Transaction, clientId: string): Promise<void> {
    await tx.query(END_CODES, [clientId]);
  }

  /** Authorization requests that wait for their users. */
  async endRequests(tx: Transaction, clientId: string): Promise<void> {
    await tx.query(END_REQUESTS, [clientId]);
  }

  /** Newest first. */
  async list(filter: ClientFilter, limit: number, offset: number): Promise<{ rows: ClientRow[]; total: number }> {
    const values = [filter.ownerId, filter.search];
    const rows = await this.database.query<ClientRow>(LIST, [...values, limit, offset]);
    const [counted] = await this.database.query<{ count: number }>(COUNT, values);
    return { rows, total: counted!.count };
  }

  async ownedBy(tx: Transaction, ownerId: string): Promise<string[]> {
    return (await tx.query<{ client_id: string }>(OWNED, [ownerId])).map((row) => row.client_id);
  }

  /** Clients that open registration made in the last hour; no other is added before this transaction ends. */
  async countOpen(tx: Transaction): Promise<number> {
    await tx.query(LOCK_OPEN, []);
    const [counted] = await tx.query<{ count: number }>(COUNT_OPEN, []);
    return counted!.count;
  }
}
