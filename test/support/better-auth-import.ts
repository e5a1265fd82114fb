import { importFromBetterAuth } from '../../src/command-line/import/better-auth/import-from-better-auth.js';
import type { ImportSettings, ImportSource } from '../../src/command-line/import/better-auth/import-options.js';
import type { ImportReport } from '../../src/command-line/import/better-auth/import-report.js';
import { TEST_SECRET } from './app.js';
import type { BetterAuthServer } from './better-auth-server.js';

export type { ImportReport };

/** Imports everything of a server of better-auth. */
export function importInto(
  databaseUrl: string,
  old: Pick<BetterAuthServer, 'databaseUrl'>,
  options: ImportSettings = {},
  source: Partial<ImportSource> = {},
): Promise<ImportReport> {
  return importFromBetterAuth({
    source: { url: old.databaseUrl, ...source },
    target: { url: databaseUrl },
    options: { secrets: [TEST_SECRET], ...options },
  });
}

/** Of each kind how many rows were written or ended; kinds without any are left out. */
export function movedOf({ kinds }: ImportReport): Record<string, string> {
  const lines = Object.entries(kinds).map(([kind, { moved, updated, ended, kept }]) => {
    const parts = { moved, updated, ended, kept };
    const told = Object.entries(parts).filter(([, count]) => count > 0);
    return [kind, told.map(([part, count]) => `${count} ${part}`).join(', ')] as const;
  });
  return Object.fromEntries(lines.filter(([, text]) => text !== ''));
}
