import autocannon from 'autocannon';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONNECTIONS, prepareRows, type Row, type Server } from './rows.js';
import { startEmbeddedPostgres } from '../demo/embedded-postgres/start-embedded-postgres.js';

interface Sample {
  cpuMicroseconds: number;
  statements: number;
  requestsPerSecond: number;
}

interface Stats {
  cpu: { user: number; system: number };
  statements: number;
}

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3);

/** Measures each guarded route beside the unguarded one: rounds interleaved in one run, medians, CPU time of the server alone. */
async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(folder, 'postgres'), durable: false });
  try {
    for (const adapter of ['express', 'fastify']) await measure(adapter, postgres.url);
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
    const prepared = await prepareRows(ours, uncached);
    const rows = [{ name: 'without nest-authority', path: '/unguarded', server: bare }, ...prepared];
    const samples = new Map<string, Sample[]>(rows.map((row) => [row.name, []]));
    for (const row of rows) await load(row, 1);
    for (let round = 0; round < ROUNDS; round++) {
      for (const row of rows) samples.get(row.name)!.push(await load(row, SECONDS));
    }
    print(adapter, rows, samples);
  } finally {
    bare.process.kill();
    ours.process.kill();
    uncached.process.kill();
  }
}

async function startServer(environment: NodeJS.ProcessEnv): Promise<Server> {
  const child = fork(new URL('./server.js', import.meta.url), { env: environment });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { process: child, url };
}

async function load(row: Row, seconds: number): Promise<Sample> {
  const before = await ask(row.server.process);
  let connection = 0;
  const result = await autocannon({
    url: row.server.url + row.path,
    connections: CONNECTIONS,
    duration: seconds,
    headers: row.headers ?? {},
    setupClient: (client) => {
      const headers = row.headersByConnection?.[connection++];
      if (headers) client.setHeaders(headers);
    },
  });
  const after = await ask(row.server.process);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${row.name}: ${result.non2xx} answers were no success, ${result.errors} failed`);
  const requests = result.requests.total;
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system;
  return {
    cpuMicroseconds: cpu / requests,
    statements: (after.statements - before.statements) / requests,
    requestsPerSecond: requests / result.duration,
  };
}

async function ask(server: ChildProcess): Promise<Stats> {
  const answer = once(server, 'message') as Promise<[Stats]>;
  server.send('stats');
  return (await answer)[0];
}

function print(adapter: string, rows: readonly Row[], samples: ReadonlyMap<string, readonly Sample[]>): void {
  const median = (name: string, key: keyof Sample) =>
    samples
      .get(name)!
      .map((sample) => sample[key])
      .sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
  const base = median('unguarded', 'cpuMicroseconds');
  console.log(`\n${adapter}: ${ROUNDS} rounds of ${SECONDS} s, ${CONNECTIONS} connections, medians`);
  console.table(
    Object.fromEntries(
      rows.map(({ name }) => [
        name,
        {
          'CPU µs/request': Math.round(median(name, 'cpuMicroseconds')),
          'ratio to unguarded': Number((median(name, 'cpuMicroseconds') / base).toFixed(2)),
          'statements/request': Number(median(name, 'statements').toFixed(4)),
          'requests/s': Math.round(median(name, 'requestsPerSecond')),
        },
      ]),
    ),
  );
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
