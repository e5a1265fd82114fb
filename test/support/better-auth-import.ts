import { run } from '../../src/command-line/run.js';
import type { ImportReport } from '../../src/command-line/import/better-auth/import-report.js';
import { TEST_ISSUER, TEST_SECRET } from './app.js';

/** One run of `nest-authority import better-auth`. */
export interface ImportRun {
  readonly exitCode: number;
  readonly report: ImportReport;
  readonly out: string;
  readonly err: string;
}

/** Imports from one database into another, as an operator does. */
export async function importRun(from: string, into: string, ...more: string[]): Promise<ImportRun> {
  const output = { out: '', err: '' };
  const argv = ['import', 'better-auth', '--from', from, ...more, ...(more.includes('--text') ? [] : ['--json'])];
  const exitCode = await run(
    argv.filter((one) => one !== '--text'),
    {
      out: (text) => void (output.out += text),
      err: (text) => void (output.err += text),
      env: { DATABASE_URL: into, AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET },
      folder: '/',
      isTerminal: false,
      ask: () => Promise.reject(new Error('nobody is asked')),
      now: () => Date.now(),
    },
  );
  const report = output.out.startsWith('{') ? (JSON.parse(output.out) as ImportReport) : (null as never);
  return { exitCode, report, ...output };
}

/** Of each kind how many rows were written or ended; kinds without any are left out. */
export function movedOf({ kinds }: ImportReport): Record<string, string> {
  const lines = Object.entries(kinds).map(([kind, { moved, updated, ended, kept }]) => {
    const told = Object.entries({ moved, updated, ended, kept }).filter(([, count]) => count > 0);
    return [kind, told.map(([part, count]) => `${count} ${part}`).join(', ')] as const;
  });
  return Object.fromEntries(lines.filter(([, text]) => text !== ''));
}
