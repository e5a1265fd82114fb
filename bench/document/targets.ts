import { ratioOf, type Cell, type Result } from '../cell.js';

/** What a run says of one target. */
export interface Verdict {
  readonly met: boolean;
  /** The figures that were compared, on Express and Fastify. */
  readonly figures: string;
}

export interface Target {
  readonly workload: string;
  readonly asked: string;
  /** @returns undefined if the run lacks what is compared */
  judge(result: Result): Verdict | undefined;
}

/** One thing that is compared, on one adapter. */
interface Check {
  /** @returns undefined if it was not measured */
  value(result: Result, adapter: string): number | undefined;
  met(value: number, adapter: string): boolean;
  show(value: number): string;
}

const ADAPTERS = ['express', 'fastify'];
/** Sweeps, batches of usage and readings again after `cacheTtl` go on in the background of every workload. */
const IN_THE_BACKGROUND = 0.05;
const WAL_IN_THE_BACKGROUND_BYTES = 20;

export const TARGETS: readonly Target[] = [
  target('W0', 'at most 1.05 × Nest alone', [timesNestAlone('W0')]),
  target('W0late', 'at most 1.05 × Nest alone', [timesNestAlone('W0late')]),
  target('W1', 'at most 0.2 statements', [statements('W1', 0.2)]),
  target('W1off', 'at most 1.15 × the unguarded route, 1.3 × on Fastify', [timesUnguarded('W1off', 1.15)]),
  target('W2', 'at most 1.15 × the unguarded route, 1.3 × on Fastify', [timesUnguarded('W2', 1.15)]),
  target('W3', 'at most 1.25 × the unguarded route, 1.3 × on Fastify', [timesUnguarded('W3', 1.25)]),
  target('W4', 'ahead of oidc-provider; WAL at most 700 B', [ahead('W4', 1), wal('W4', 700)]),
  target('W5', 'ahead of oidc-provider; no statement, no WAL', [
    ahead('W5', 1),
    statements('W5', IN_THE_BACKGROUND),
    wal('W5', WAL_IN_THE_BACKGROUND_BYTES),
  ]),
  target('W6', 'ahead of oidc-provider by 1.3 ×', [ahead('W6', 1.3)]),
  target('W7', 'ahead of oidc-provider by 1.8 ×; at most 5 statements', [ahead('W7', 1.8), statements('W7', 5)]),
  target('W8', 'ahead of oidc-provider by 1.8 ×; at most 2 statements', [ahead('W8', 1.8), statements('W8', 2)]),
  target('W9', 'ahead of oidc-provider', [ahead('W9', 1)]),
];

function target(workload: string, asked: string, checks: readonly Check[]): Target {
  return {
    workload,
    asked,
    judge: (result) => {
      const found = checks.map((check) => judgeCheck(check, result));
      if (found.some((verdict) => verdict === undefined)) return undefined;
      return {
        met: found.every((verdict) => verdict!.met),
        figures: found.map((verdict) => verdict!.figures).join('; '),
      };
    },
  };
}

/** On both adapters. */
function judgeCheck(check: Check, result: Result): Verdict | undefined {
  const values = ADAPTERS.flatMap((adapter) => {
    const value = check.value(result, adapter);
    return value === undefined ? [] : [{ adapter, value }];
  });
  if (values.length < ADAPTERS.length) return undefined;
  return {
    met: values.every(({ adapter, value }) => check.met(value, adapter)),
    figures: values.map(({ value }) => check.show(value)).join(' / '),
  };
}

function timesNestAlone(workload: string): Check {
  return {
    value: (result, adapter) =>
      ratioOf(
        ours(result, workload, adapter),
        result.cells[`${workload} nest-${adapter}`] ?? result.cells[`${workload} limit-nest-${adapter}`],
      ),
    met: (ratio) => ratio <= 1.05,
    show: times,
  };
}

function timesUnguarded(workload: string, mostOnExpress: number): Check {
  return {
    value: (result, adapter) => ratioOf(ours(result, workload, adapter), ours(result, 'W0', adapter)),
    met: (ratio, adapter) => ratio <= (adapter === 'fastify' ? 1.3 : mostOnExpress),
    show: times,
  };
}

function ahead(workload: string, by: number): Check {
  return {
    value: (result, adapter) => ratioOf(result.cells[`${workload} oidc-provider-pg`], ours(result, workload, adapter)),
    // At the same cost nobody is ahead.
    met: (ratio) => (by === 1 ? ratio > 1 : ratio >= by),
    show: times,
  };
}

function statements(workload: string, most: number): Check {
  return {
    value: (result, adapter) => ours(result, workload, adapter)?.statements,
    met: (count) => count <= most + (most >= 1 ? IN_THE_BACKGROUND : 0),
    show: (count) => `${count.toFixed(2)} statements`,
  };
}

function wal(workload: string, mostBytes: number): Check {
  return {
    value: (result, adapter) => ours(result, workload, adapter)?.walBytes,
    met: (bytes) => bytes <= mostBytes,
    show: (bytes) => `${bytes.toFixed(0)} B`,
  };
}

function ours({ cells }: Result, workload: string, adapter: string): Cell | undefined {
  return cells[`${workload} ours-${adapter}`];
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
