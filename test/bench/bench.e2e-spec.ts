import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '../../bench/cell.js';

const WORKLOADS = [
  'W0',
  'W0late',
  'W1',
  'W1off',
  'W1hot',
  'W2',
  'W3',
  'W4',
  'W5',
  'W6',
  'W7',
  'W8',
  'W9',
  'W0verify',
  'W2dpop',
  'W4dpop',
  'W5dpop',
  'W8dpop',
];
/** Routes with and without a guard: Nest alone stands beside them. */
const ROUTES = [...WORKLOADS.slice(0, 7), 'W0verify'];
/** Those of one iteration, BEGIN and COMMIT included: the targets of docs/performance.md. */
const STATEMENTS = {
  ...{ W0: 0, W0late: 0, W1: 0.2, W1off: 0, W1hot: 0.2, W2: 0, W3: 0 },
  ...{ W4: 1, W5: 0, W6: 1, W7: 5, W8: 2, W9: 2 },
  ...{ W0verify: 0, W2dpop: 1, W4dpop: 2, W5dpop: 1, W8dpop: 3 },
};
/** Statements for each iteration that are none of its own: sweeps, batches of usage, readings again after `cacheTtl`. */
const IN_THE_BACKGROUND = 0.2;
const RUN_MILLISECONDS = 300_000;

/** `npm run bench`, compiled, with windows so short that only what does not depend on time can be asserted. */
async function bench(environment: Record<string, string>): Promise<{ result: Result; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-bench-test-'));
  const file = join(folder, 'bench.json');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [resolve('dist/bench/run.js')], {
      timeout: RUN_MILLISECONDS,
      env: {
        ...process.env,
        BENCH_ROUNDS: '1',
        BENCH_SECONDS: '0.2',
        BENCH_OUT: file,
        ...environment,
      },
    });
    return { result: JSON.parse(await readFile(file, 'utf8')) as Result, output: stdout };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('npm run bench', () => {
  let result: Result;
  let output: string;
  beforeAll(async () => {
    ({ result, output } = await bench({ BENCH_ADAPTERS: 'fastify' }));
  }, RUN_MILLISECONDS);

  it('measures every workload, and Nest alone beside the routes, without a wrong reply', () => {
    const cells = WORKLOADS.flatMap((id) => [
      `${id} ours-fastify`,
      ...(ROUTES.includes(id) ? [`${id} nest-fastify`] : []),
    ]);
    expect(Object.keys(result.cells)).toEqual(cells);
    for (const cell of Object.values(result.cells)) {
      expect(cell.perSecond).toBeGreaterThan(0);
      expect(cell.serverMicroseconds).toBeGreaterThan(0);
    }
    expect(output).not.toContain('statements were counted where they are sent');
  });

  it('prints a row for every workload', () => {
    for (const id of WORKLOADS) expect(output).toMatch(new RegExp(`^\\| ${id} +\\|`, 'm'));
  });

  it('sees the WAL of what is written durably', () => {
    for (const id of ['W4', 'W7', 'W8', 'W9'])
      expect(result.cells[`${id} ours-fastify`]!.walBytes).toBeGreaterThan(100);
  });

  it.each(Object.entries(STATEMENTS))('%s sends at most %s statements in steady state', (id, most) => {
    expect(result.cells[`${id} ours-fastify`]!.statements).toBeLessThanOrEqual(most + IN_THE_BACKGROUND);
  });
});

it(
  'npm run bench counts statements where they are sent, on a server without pg_stat_statements',
  async () => {
    const { result } = await bench({
      BENCH_ADAPTERS: 'express',
      BENCH_ONLY: 'W0,W4',
      BENCH_DATABASE_URL: process.env['TEST_POSTGRES_URL']!,
    });
    expect(Object.keys(result.cells)).toEqual(['W0 ours-express', 'W0 nest-express', 'W4 ours-express']);
    expect(result.cells['W4 ours-express']!.statements).toBeGreaterThanOrEqual(1);
  },
  RUN_MILLISECONDS,
);

it('npm run bench tells of a workload that there is not', async () => {
  await expect(bench({ BENCH_ONLY: 'W77' })).rejects.toThrow('BENCH_ONLY: there is no "W77"');
});
