import autocannon from 'autocannon';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../demo/embedded-postgres/start-embedded-postgres.js';

interface Server {
  readonly process: ChildProcess;
  readonly url: string;
}

interface Row {
  readonly server: Server;
  readonly name: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** In place of `headers`: one set for each connection. */
  readonly headersByConnection?: readonly Record<string, string>[];
}

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
const CONNECTIONS = 32;

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

async function prepareRows(server: Server, uncached: Server): Promise<Row[]> {
  const response = await fetch(`${server.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: `bench-${process.pid}-${Date.now()}@example.com`,
      password: 'bench-password',
      name: 'Bench',
    }),
  });
  const { accessToken, token } = (await response.json()) as { accessToken: string; token: string };
  const issue = async () => {
    const answer = await fetch(`${server.url}/api/auth/token`, { headers: { authorization: `Bearer ${token}` } });
    return { authorization: `Bearer ${((await answer.json()) as { token: string }).token}` };
  };
  // One for each connection: requests that show the same token at the same time would share one verification.
  const jwts = await Promise.all(Array.from({ length: CONNECTIONS }, issue));
  return [
    { name: 'unguarded', path: '/unguarded', server },
    { name: 'access token', path: '/bearer', headers: { authorization: `Bearer ${accessToken}` }, server },
    { name: 'session token', path: '/bearer', headers: { authorization: `Bearer ${token}` }, server },
    { name: 'JWT ES256, cached', path: '/bearer', headersByConnection: jwts, server },
    { name: 'JWT ES256, first sight', path: '/bearer', headersByConnection: jwts, server: uncached },
  ];
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
