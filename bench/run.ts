import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEmbeddedPostgres } from '../demo/embedded-postgres/start-embedded-postgres.js';
import { medianOf, type Result } from './cell.js';
import { sample, startEntries, type Entry, type Sample } from './entries.js';
import { CONNECTIONS, type Load } from './load.js';
import { printResult, printStatements } from './report.js';
import { readSettings, type Settings } from './settings.js';
import type { Workload } from './workloads/workload.js';

/** One cell of the table while it is measured. */
interface Run {
  readonly workload: Workload;
  readonly entry: Entry;
  readonly load: Load;
  readonly samples: Sample[];
}

const LONGEST_WARM_UP_SECONDS = 1;

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  if (settings.databaseUrl !== undefined) return measure(settings, settings.databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-bench-'));
  await chmod(folder, 0o711); // as root the server runs as another user, who has to pass
  const postgres = await startEmbeddedPostgres({
    dataDirectory: join(folder, 'postgres'),
    durable: true,
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      // No checkpoint within a run: the first change of a page after one writes the whole page to the log.
      checkpoint_timeout: '1h',
      max_wal_size: '8GB',
    },
  });
  try {
    await measure(settings, postgres.url);
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(settings: Settings, postgresUrl: string): Promise<void> {
  const entries: Entry[] = [];
  try {
    for (const adapter of settings.adapters) entries.push(...(await startEntries(adapter, postgresUrl, settings.node)));
    const runs = await prepare(settings.workloads, entries);
    for (let round = 0; round < settings.rounds; round++) await measureRound(runs, settings, round);
    const result = resultOf(runs, settings);
    await mkdir(dirname(settings.outputFile), { recursive: true });
    await writeFile(settings.outputFile, `${JSON.stringify(result, null, 1)}\n`);
    for (const adapter of settings.adapters) printResult(result, adapter);
    for (const { workload, entry, samples } of runs)
      printStatements(`${workload.id} ${entry.id}`, samples.at(-1)!.byName);
    printWhatIsMissing(entries);
  } finally {
    for (const entry of entries) await entry.stop();
  }
}

/** Entries stand beside one another within their workload, so that a slow spell of the machine falls on all of them. */
async function prepare(workloads: readonly Workload[], entries: readonly Entry[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const workload of workloads) {
    let load: Load | undefined;
    for (const entry of entries) {
      if (entry.ours) load = await workload.prepare(entry.ours.host);
      else if (!workload.isAnsweredByNestAlone) continue;
      if (load) runs.push({ workload, entry, load, samples: [] });
    }
  }
  return runs;
}

async function measureRound(runs: readonly Run[], { secondsOfWindow }: Settings, round: number): Promise<void> {
  // The first time there is code to compile.
  const warmUp = round === 0 ? secondsOfWindow : Math.min(secondsOfWindow, LONGEST_WARM_UP_SECONDS);
  for (const { workload, entry, load, samples } of runs) {
    try {
      samples.push(await sample(entry, load, secondsOfWindow, warmUp));
    } catch (cause) {
      throw new Error(`${workload.id} ${entry.id} was answered wrongly; such a run has no result.`, { cause });
    }
  }
}

function resultOf(runs: readonly Run[], settings: Settings): Result {
  return {
    started: new Date().toISOString(),
    node: runs[0]!.entry.server.node,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    connections: CONNECTIONS,
    rounds: settings.rounds,
    secondsOfWindow: settings.secondsOfWindow,
    cells: Object.fromEntries(
      runs.map(({ workload, entry, samples }) => [`${workload.id} ${entry.id}`, medianOf(samples)]),
    ),
  };
}

function printWhatIsMissing(entries: readonly Entry[]): void {
  const databases = entries.flatMap(({ ours }) => ours?.database ?? []);
  if (!databases.every(({ hasCpu }) => hasCpu))
    console.log('The CPU of PostgreSQL is missing: its processes cannot be seen in /proc.');
  if (!databases.every(({ hasStatementStatistics }) => hasStatementStatistics))
    console.log('The server has no pg_stat_statements: statements were counted where they are sent.');
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
