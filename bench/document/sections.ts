import { ratioOf, totalMicroseconds, type Cell, type Result } from '../cell.js';
import { markdownTable } from '../markdown-table.js';
import { WORKLOADS } from '../workloads/workloads.js';
import { keptResult } from './kept-results.js';
import { TARGETS, type Target, type Verdict } from './targets.js';

const NODE_MAJORS = [24, 20];
/** Entries of the table, in its order. */
const ENTRIES = {
  'ours-express': 'ours, Express',
  'ours-fastify': 'ours, Fastify',
  'oidc-provider-pg': 'oidc-provider',
  'better-auth': 'better-auth',
  'nest-passport': 'nest-passport',
  'limit-node': 'bare limit',
};
const RUNS = { peers: 'beside the peers', project: 'the project alone', bound: 'tokens that are bound to a key' };
const NOT_MEASURED = '_Not measured yet._';

/** The parts of docs/performance.md that are written from figures, by the names of their marks. */
export function renderSections(): Readonly<Record<string, string>> {
  return {
    machine: renderMachine(),
    targets: renderTargets(),
    ...Object.fromEntries(NODE_MAJORS.map((major) => [`figures-${major}`, renderFigures(keptResult('peers', major))])),
    alone: renderAlone(keptResultsOf('project')),
    bound: renderAlone(keptResultsOf('bound')),
  };
}

/** Puts each section between its marks. @throws Error when a mark is missing */
export function insertSections(document: string, sections = renderSections()): string {
  return Object.entries(sections).reduce((text, [name, section]) => {
    const marked = new RegExp(`(<!-- generated: ${name} -->\n)[^]*?(\n<!-- end -->)`);
    if (!marked.test(text)) throw new Error(`docs/performance.md has no place for "${name}".`);
    return text.replace(marked, (_, begin: string, end: string) => `${begin}\n${section}\n${end}`);
  }, document);
}

/** Workloads whose target was missed on a version of Node, on this or another adapter. */
export function missedWorkloads(): readonly string[] {
  return TARGETS.filter((target) => NODE_MAJORS.some((major) => verdictOf(target, major)?.met === false)).map(
    ({ workload }) => workload,
  );
}

function renderMachine(): string {
  const lines = NODE_MAJORS.flatMap((major) =>
    (['peers', 'project', 'bound'] as const).flatMap((source) => {
      const run = keptResult(source, major);
      if (!run) return [];
      const what = RUNS[source];
      const cores = `${run.cores} cores of ${run.processor}`;
      const rounds = `${run.rounds} rounds of ${run.secondsOfWindow} s, ${run.connections} connections`;
      return [`- Node ${run.node.replace('v', '')}, ${what}: ${run.started.slice(0, 10)}, ${cores}, ${rounds}`];
    }),
  );
  return lines.length > 0 ? lines.join('\n') : NOT_MEASURED;
}

function renderTargets(): string {
  const head = ['', 'asked', ...NODE_MAJORS.flatMap((major) => [`Node ${major}`, 'reached'])];
  const rows = TARGETS.map((target) => [
    target.workload,
    target.asked,
    ...NODE_MAJORS.flatMap((major) => {
      const verdict = verdictOf(target, major);
      if (!verdict) return ['not measured', ''];
      return [verdict.figures, verdict.met ? 'yes' : '**no**'];
    }),
  ]);
  return markdownTable(
    head.map(() => 'left'),
    [head, ...rows],
  );
}

/**
 * By one run, never by figures of two. Routes are compared with open ones by that of the project alone, where all of them take turns in each
 * round; the rest by the run beside the peers, where only the entries of one workload do.
 */
function verdictOf({ workload, judge }: Target, major: number): Verdict | undefined {
  const isOfRoutes = WORKLOADS.some(({ id, isAnsweredByNestAlone }) => id === workload && isAnsweredByNestAlone);
  const sources = isOfRoutes ? (['project', 'peers'] as const) : (['peers', 'project'] as const);
  const results = sources.map((source) => keptResult(source, major));
  return results.map((result) => result && judge(result)).find((verdict) => verdict !== undefined);
}

function renderFigures(result: Result | undefined): string {
  if (!result) return NOT_MEASURED;
  const head = ['', ...Object.values(ENTRIES)];
  const rows = WORKLOADS.flatMap(({ id }) => {
    const cells = Object.keys(ENTRIES).map((entry) => result.cells[`${id} ${entry}`]);
    return cells.some(Boolean) ? [[id, ...cells.map(renderCell)]] : [];
  });
  return markdownTable(['left', ...Object.keys(ENTRIES).map(() => 'right' as const)], [head, ...rows]);
}

/** `148 + 158 · 1 · 120 B`: server and PostgreSQL, statements, WAL; what is none is left out. */
function renderCell(cell: Cell | undefined): string {
  if (!cell) return '';
  const { serverMicroseconds, postgresMicroseconds = 0, statements, walBytes } = cell;
  return [
    postgresMicroseconds < 0.5
      ? serverMicroseconds.toFixed(0)
      : `${serverMicroseconds.toFixed(0)} + ${postgresMicroseconds.toFixed(0)}`,
    ...(statements >= 0.05 ? [String(Number(statements.toFixed(1)))] : []),
    ...(walBytes >= 20 ? [`${Math.round(walBytes).toLocaleString('en-US')} B`] : []),
  ].join(' · ');
}

function keptResultsOf(source: 'project' | 'bound'): ReadonlyMap<number, Result> {
  return new Map(
    NODE_MAJORS.flatMap((major) => {
      const result = keptResult(source, major);
      return result ? [[major, result] as const] : [];
    }),
  );
}

/** Ours on both adapters, by version of Node, from `npm run bench`. */
function renderAlone(results: ReadonlyMap<number, Result>): string {
  const columns = [...results].flatMap(([major, result]) =>
    ['express', 'fastify'].map((adapter) => ({ major, adapter, result })),
  );
  if (columns.length === 0) return NOT_MEASURED;
  const head = [
    '',
    ...columns.map(({ major, adapter }) => `${adapter === 'express' ? 'Express' : 'Fastify'}, Node ${major}`),
  ];
  const nestAlone = [
    'Nest alone',
    ...columns.map(({ adapter, result }) => renderTotal(result.cells[`W0 nest-${adapter}`])),
  ];
  const measured = WORKLOADS.filter(({ id }) => columns.some(({ result }) => result.cells[`${id} ours-fastify`]));
  const rows = measured.map(({ id }) => [
    id,
    ...columns.map(({ adapter, result }) => {
      const cell = result.cells[`${id} ours-${adapter}`];
      const ratio = ratioOf(cell, result.cells[`W0 ours-${adapter}`]);
      return cell ? `${renderTotal(cell)} · ${ratio?.toFixed(2) ?? '-'} ×` : '';
    }),
  ]);
  return markdownTable(['left', ...columns.map(() => 'right' as const)], [head, nestAlone, ...rows]);
}

function renderTotal(cell: Cell | undefined): string {
  return cell ? totalMicroseconds(cell).toFixed(0) : '';
}
