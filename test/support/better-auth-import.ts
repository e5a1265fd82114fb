import { TEST_ISSUER, TEST_SECRET } from './app.js';
import { commandLine } from './command-line.js';

type Kind =
  | 'users'
  | 'second factors'
  | 'linked accounts'
  | 'sessions'
  | 'API keys'
  | 'OAuth clients'
  | 'consents'
  | 'refresh tokens';
interface Counts {
  readonly moved: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly ended: number;
  readonly kept: number;
  readonly skipped: number;
  readonly left: Record<string, number>;
}

/** What `--json` says of a run. */
export interface ImportReport {
  readonly dryRun: boolean;
  readonly kinds: Record<Kind, Counts>;
  readonly skipped: readonly { readonly kind: string; readonly id: string; readonly reason: string }[];
  readonly notMoved: readonly { readonly table: string; readonly rows: number }[];
  readonly notes: readonly string[];
}

/** One run of `nest-authority import better-auth`. */
export interface ImportRun {
  readonly exitCode: number;
  readonly report: ImportReport;
  readonly out: string;
  readonly err: string;
}

/** Imports from one database into another, as an operator does. `--text` stands for no `--json`. */
export async function importRun(from: string, into: string, ...more: string[]): Promise<ImportRun> {
  const line = commandLine({ DATABASE_URL: into, AUTH_ISSUER: TEST_ISSUER, AUTH_SECRET: TEST_SECRET });
  const given = more.includes('--text') ? more.filter((one) => one !== '--text') : [...more, '--json'];
  try {
    const { code, out, err } = await line.run('import', 'better-auth', '--from', from, ...given);
    return { exitCode: code, report: out.startsWith('{') ? JSON.parse(out) : null, out, err };
  } finally {
    line.remove();
  }
}

/** Of each kind how many rows were written or ended; kinds without any are left out. */
export function movedOf({ kinds }: ImportReport): Record<string, string> {
  const lines = Object.entries(kinds).map(([kind, { moved, updated, ended, kept }]) => {
    const told = Object.entries({ moved, updated, ended, kept }).filter(([, count]) => count > 0);
    return [kind, told.map(([part, count]) => `${count} ${part}`).join(', ')] as const;
  });
  return Object.fromEntries(lines.filter(([, text]) => text !== ''));
}
