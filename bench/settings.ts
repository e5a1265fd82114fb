import { WORKLOADS } from './workloads/workloads.js';
import type { Workload } from './workloads/workload.js';

/** What the environment says: docs/performance.md has the table. */
export interface Settings {
  readonly rounds: number;
  readonly secondsOfWindow: number;
  readonly adapters: readonly string[];
  readonly workloads: readonly Workload[];
  /** Where the JSON goes. */
  readonly outputFile: string;
  /** The node binary of the servers. Default: this one. */
  readonly node: string | undefined;
  /** A server on which databases may be created. Default: a PostgreSQL of its own, for the time of the run. */
  readonly databaseUrl: string | undefined;
}

const ADAPTERS = ['express', 'fastify'];

/** @throws Error for a workload or an adapter that there is not */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const ids = WORKLOADS.map(({ id }) => id);
  const wanted = listOf(environment, 'BENCH_ONLY', ids);
  return {
    rounds: Number(environment['BENCH_ROUNDS'] ?? 3),
    secondsOfWindow: Number(environment['BENCH_SECONDS'] ?? 3),
    adapters: listOf(environment, 'BENCH_ADAPTERS', ADAPTERS),
    workloads: WORKLOADS.filter(({ id }) => wanted.includes(id)),
    outputFile: environment['BENCH_OUT'] ?? '.cache/bench.json',
    node: environment['BENCH_NODE'],
    databaseUrl: environment['BENCH_DATABASE_URL'],
  };
}

function listOf(environment: NodeJS.ProcessEnv, name: string, all: readonly string[]): readonly string[] {
  const wanted = environment[name]?.split(',') ?? all;
  const unknown = wanted.find((one) => !all.includes(one));
  if (unknown !== undefined) throw new Error(`${name}: there is no "${unknown}". There are ${all.join(', ')}.`);
  return wanted;
}
