import type { Executor, Statement } from './database.js';

/** Channel for cache invalidation; the payload is a list of tags, one per line. */
export const INVALIDATION_CHANNEL = 'nest_authority';
/** PostgreSQL allows 8000 bytes in one notification. */
const MAX_PAYLOAD_BYTES = 7_000;
const NOTIFY: Statement = {
  name: 'auth_notify',
  text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload',
};

/** An open transaction. Everything inside it uses its one connection: a pool of size 1 must suffice (T118). */
export interface Transaction extends Executor {
  /** Registers an action to run after the commit, such as an event. It does not run when the transaction rolls back. */
  afterCommit(action: () => void): void;
  /**
   * Drops cached credentials with one of these tags when this transaction commits: in this process by calling `local`,
   * in the others by a notification that is part of the transaction.
   */
  invalidate(tags: readonly string[], local: (tags: readonly string[]) => void): void;
}

type Run = (statement: Statement, values: readonly unknown[]) => Promise<object[]>;

export class OpenTransaction implements Transaction {
  /** The connection is unusable and must not go back to the pool. */
  broken = false;
  private readonly actions: (() => void)[] = [];
  private readonly drops: (() => void)[] = [];
  private tags: string[] = [];

  constructor(private readonly run: Run) {}

  async query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    return (await this.run(statement, values)) as Row[];
  }

  afterCommit(action: () => void): void {
    this.actions.push(action);
  }

  invalidate(tags: readonly string[], local: (tags: readonly string[]) => void): void {
    this.tags.push(...tags);
    this.drops.push(() => local(tags));
  }

  /** Sends the notification as the last statement, because NOTIFY takes a database-wide lock at commit. */
  async announce(): Promise<void> {
    if (this.tags.length === 0) return;
    await this.run(NOTIFY, [INVALIDATION_CHANNEL, toPayloads(this.tags)]);
    this.tags = [];
  }

  dropCaches(): void {
    for (const drop of this.drops) drop();
  }

  settle(): void {
    this.dropCaches();
    for (const action of this.actions) action();
  }
}

function toPayloads(tags: readonly string[]): string[] {
  const payloads: string[] = [];
  let payload = '';
  for (const tag of new Set(tags)) {
    if (payload !== '' && Buffer.byteLength(payload) + Buffer.byteLength(tag) + 1 > MAX_PAYLOAD_BYTES) {
      payloads.push(payload);
      payload = '';
    }
    payload = payload === '' ? tag : `${payload}\n${tag}`;
  }
  return payload === '' ? payloads : [...payloads, payload];
}
