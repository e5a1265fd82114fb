import { between, createDatabase, type BenchDatabase } from './database.js';
import type { Cell } from './cell.js';
import { drive, type Load } from './load.js';
import { startServer, type BenchServer } from './servers.js';
import type { StatementCounts } from './statement-counter.js';
import { BenchHost } from './workloads/bench-host.js';

/** A server under load: ours with a database of its own, or Nest alone, which is sent what ours is. */
export interface Entry {
  /** `ours-express`, `nest-express`. */
  readonly id: string;
  readonly adapter: string;
  readonly server: BenchServer;
  /** Undefined for Nest alone. */
  readonly ours?: { readonly database: BenchDatabase; readonly host: BenchHost };
  stop(): Promise<void>;
}

export interface Sample extends Cell {
  readonly iterations: number;
  /** Statements for each iteration, by name. */
  readonly byName: StatementCounts;
}

/** Starts us and Nest alone on one adapter. */
export async function startEntries(adapter: string, postgresUrl: string, node: string | undefined): Promise<Entry[]> {
  const database = await createDatabase(postgresUrl, `nest_authority_bench_${process.pid}_${adapter}`);
  const server = await startServer({ adapter, databaseUrl: database.url, node });
  const bare = await startServer({ adapter, node });
  const host = new BenchHost(server.port);
  const stopOurs = async () => {
    host.close();
    await server.stop();
    await database.drop();
  };
  return [
    { id: `ours-${adapter}`, adapter, server, ours: { database, host }, stop: stopOurs },
    { id: `nest-${adapter}`, adapter, server: bare, stop: () => bare.stop() },
  ];
}

/** One window of load, after a warm-up that is not counted. @throws Error when a reply is wrong */
export async function sample({ server, ours }: Entry, load: Load, seconds: number, warmUp: number): Promise<Sample> {
  await drive(server.port, load, warmUp);
  const before = { ...(await server.stats()), database: await ours?.database.read() };
  const { iterations, seconds: taken } = await drive(server.port, load, seconds);
  const after = { ...(await server.stats()), database: await ours?.database.read() };
  const each = (total: number) => total / iterations;
  const counts = Object.entries(after.statements).map(
    ([name, count]) => [name, count - (before.statements[name] ?? 0)] as const,
  );
  const sent = counts.reduce((sum, [, count]) => sum + count, 0);
  const database = before.database && after.database && between(before.database, after.database);
  const postgres = database ? database.microseconds : 0;
  return {
    serverMicroseconds: each(after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system),
    ...(postgres !== undefined && { postgresMicroseconds: each(postgres) }),
    statements: each(database?.statements ?? sent),
    walBytes: each(database?.walBytes ?? 0),
    perSecond: iterations / taken,
    iterations,
    byName: Object.fromEntries(counts.map(([name, count]) => [name, each(count)])),
  };
}
