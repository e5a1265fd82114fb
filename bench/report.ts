import { ratioOf, workloadsOf, type Result } from './cell.js';
import { markdownTable } from './markdown-table.js';
import type { StatementCounts } from './statement-counter.js';

/** Statements below this share run in the background: sweeps, batches of usage. */
const IN_THE_BACKGROUND = 0.05;

const HEAD = ['', 'server µs', 'PostgreSQL µs', 'statements', 'WAL bytes', '× unguarded', '× Nest alone', 'per second'];

/** What every workload costs on one adapter. */
export function printResult({ cells, node, rounds, secondsOfWindow, connections }: Result, adapter: string): void {
  const rows = workloadsOf(cells).flatMap((workload) => {
    const cell = cells[`${workload} ours-${adapter}`];
    if (!cell) return [];
    return [
      [
        workload,
        cell.serverMicroseconds.toFixed(0),
        cell.postgresMicroseconds?.toFixed(0) ?? '-',
        cell.statements.toFixed(2),
        cell.walBytes.toFixed(0),
        ratioOf(cell, cells[`W0 ours-${adapter}`])?.toFixed(2) ?? '-',
        ratioOf(cell, cells[`${workload} nest-${adapter}`])?.toFixed(2) ?? '-',
        cell.perSecond.toFixed(0),
      ],
    ];
  });
  console.log(
    `\n${adapter}, node ${node}: ${rounds} rounds of ${secondsOfWindow} s, ${connections} connections, medians\n`,
  );
  console.log(markdownTable(['left', ...HEAD.slice(1).map(() => 'right' as const)], [HEAD, ...rows]));
}

/** Which statements an iteration sends, if it sends any. */
export function printStatements(name: string, byName: StatementCounts): void {
  const sent = Object.entries(byName).filter(([, count]) => count > IN_THE_BACKGROUND);
  if (sent.length > 0) console.log(`${name}: ${sent.map(([one, count]) => `${one} ${count.toFixed(2)}`).join(', ')}`);
}
