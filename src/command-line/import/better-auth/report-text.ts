import { table } from '../../output/table.js';
import type { ImportReport, KindReport } from './import-report.js';

/** More would scroll the table away; `--json` has them all. */
const SHOWN_SKIPS = 50;

/** The report for people. */
export function reportText(report: ImportReport): string {
  const parts = [countsOf(report), reasonsOf(report), notMovedOf(report), skippedOf(report), report.notes.join('\n')];
  const end = report.dryRun ? ['This was a dry run: nothing was written.'] : [];
  return [...parts.filter((part) => part !== ''), ...end].join('\n\n');
}

function countsOf({ kinds }: ImportReport): string {
  const rows = Object.entries(kinds).map(([kind, counts]) => [kind, ...numbersOf(counts).map(String)]);
  return table(
    ['', 'FOUND', 'MOVED', 'UPDATED', 'UNCHANGED', 'CHANGED HERE', 'ENDED', 'LEFT', 'SKIPPED'],
    rows,
    'There was nothing to move.',
  );
}

function numbersOf({ found, moved, updated, unchanged, kept, ended, left, skipped }: KindReport): number[] {
  const leftRows = Object.values(left).reduce((sum, rows) => sum + rows, 0);
  return [found, moved, updated, unchanged, kept, ended, leftRows, skipped];
}

function reasonsOf({ kinds }: ImportReport): string {
  const rows = Object.entries(kinds).flatMap(([kind, { left }]) =>
    Object.entries(left).map(([reason, count]) => [kind, String(count), reason]),
  );
  return rows.length === 0 ? '' : table(['LEFT', 'ROWS', 'WHY'], rows, '');
}

function notMovedOf({ notMoved }: ImportReport): string {
  const rows = notMoved.map(({ table: name, rows: count, reason }) => [name, String(count), reason]);
  return rows.length === 0 ? '' : table(['NOT MOVED', 'ROWS', 'WHAT IT IS'], rows, '');
}

function skippedOf({ skipped }: ImportReport): string {
  if (skipped.length === 0) return '';
  const rows = skipped.slice(0, SHOWN_SKIPS).map(({ kind, id, reason }) => [kind, id, reason]);
  const more = skipped.length > SHOWN_SKIPS ? `\n… and ${skipped.length - SHOWN_SKIPS} more, which --json shows` : '';
  return table(['SKIPPED', 'ID', 'WHY'], rows, '') + more;
}
