import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../demo/embedded-postgres/start-embedded-postgres.js';
import { CONNECTIONS } from './load.js';
import { oauthRows } from './oauth-rows.js';
import { printStatements, printTable, type Sample } from './report.js';
import { guardedRows, signUp, unguardedRow, type Row, type Server } from './rows.js';
import type { StatementCounts } from './statement-counter.js';

interface Stats extends StatementCounts {
  readonly cpu: { readonly user: number; readonly system: number };
}

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);
const ADAPTERS = (process.env['BENCH_ADAPTERS'] ?? 'express,fastify').split(',');

/** Measures every row beside the unguarded route: rounds interleaved in one run, medians, CPU time of the server alone. */
async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, 'postgres'), durable: false });
  try {
    for (const adapter of ADAPTERS) await measure(adapter, postgres.url);
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(adapter: string, databaseUrl: string): Promise<void> {
  const environment = { ...process.env, ADAPTER: adapter, DATABASE_URL: databaseUrl };
  const bare = await startServer({ ...environment, BARE: '1' });
  const ours = await startServer(environment);
  const uncached = await startServer({ ...environment, UNCACHED: '1' });
  try {
    const rows = await prepareRows(bare, ours, uncached);
    const samples = new Map<string, Sample[]>(rows.map((row) => [row.name, []]));
    for (const row of rows) await sample(row, 1);
    for (let round = 0; round < ROUNDS; round++) {
      for (const row of rows) samples.get(row.name)!.push(await sample(row, SECONDS));
    }
    printTable(`${adapter}: ${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections, medians`, samples);
    printStatements(samples);
  } finally {
    bare.process.kill();
    ours.process.kill();
    uncached.process.kill();
  }
}

async function prepareRows(bare: Server, ours: Server, uncached: Server): Promise<Row[]> {
  const user = await signUp(ours);
  return [
    unguardedRow('without nest-authority', bare),
    ...(await guardedRows(ours, uncached, user)),
    ...(await oauthRows(ours, user)),
  ];
}

async function startServer(environment: NodeJS.ProcessEnv): Promise<Server> {
  const child = fork(new URL('./server.js', import.meta.url), { env: environment });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { process: child, url };
}

async function sample({ server, drive }: Row, seconds: number): Promise<Sample> {
  const before = await ask(server.process);
  const load = await drive(seconds);
  const after = await ask(server.process);
  const each = (total: number) => total / load.operations;
  const names = Object.entries(after.byName).map(([name, count]) => [name, each(count - (before.byName[name] ?? 0))]);
  return {
    cpuMicroseconds: each(after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system),
    statements: each(after.statements - before.statements),
    transactions: each(after.transactions - before.transactions),
    byName: Object.fromEntries(names) as Record<string, number>,
    operationsPerSecond: load.operations / load.seconds,
  };
}

async function ask(server: ChildProcess): Promise<Stats> {
  const answer = once(server, 'message') as Promise<[Stats]>;
  server.send('stats');
  return (await answer)[0];
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
