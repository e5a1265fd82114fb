import type { Executor, Statement } from './database.js';

/** Channel for cache invalidation; the payload is a list of tags, one per line. */
export const INVALIDATION_CHANNEL = 'nest_authority';
/** PostgreSQL allows 8000 bytes in one notification. */
const MAX_PAYLOAD_BYTES = 7_000;
const NOTIFY: Statement = {
  name: 'auth_notify',
  text: 'SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload',
};

/** Rows of a capability that are gone with what they hang on. */
export interface TaggedRows {
  /** Unique. */
  readonly name: string;
  /** Deletes the rows that have one of the tags in `$1::text[]`. Our own SQL; it finds them by an index. */
  readonly deletion: string;
}

/** One statement, so that what is tagged ends without another round trip, and also where there may be one statement only. */
export function notifyAndEnd(rows: readonly TaggedRows[]): Statement {
  const ended = rows.map(({ name, deletion }) => `${name} AS (${deletion.replaceAll('$1', '$3')})`).join(', ');
  return { name: `auth_notify_${rows.map(({ name }) => name).join('_')}`, text: `WITH ${ended} ${NOTIFY.text}` };
}

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

  /** @param ending of {@link notifyAndEnd}, run in place of `NOTIFY`; null: no capability has tagged rows */
  constructor(
    private readonly run: Run,
    private readonly ending: Statement | null,
  ) {}

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
    const values = [INVALIDATION_CHANNEL, toPayloads(this.tags)];
    if (!this.ending) await this.run(NOTIFY, values);
    else await this.run(this.ending, [...values, [...new Set(this.tags)]]);
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
