import { EndedRows } from './ended-rows.js';
import { ImportLedger } from './import-ledger.js';
import { ImportError, type BetterAuthImport } from './import-options.js';
import { ImportTally, type ImportReport } from './import-report.js';
import type { ImportContext, Kind } from './kind.js';
import { MOVED_KINDS } from './kinds/index.js';
import { lackedFactors } from './kinds/lacked-factors.js';
import { adoptUsers } from './kinds/users.js';
import { RowMover } from './row-mover.js';
import { SourceDatabase } from './source-database.js';
import { LEFT_TABLES } from './source-models.js';
import { TargetDatabase } from './target-database.js';
import { TargetHolders } from './target-holders.js';

const BATCH_ROWS = 1_000;

/**
 * Moves the rows of a better-auth database into one of ours, so that whoever is signed in there stays so here. Can be run again: it then moves
 * what is new or has changed there, and leaves alone what has been changed here.
 *
 * @throws ImportError when one of the databases cannot be used; nothing was written then
 */
export async function importFromBetterAuth(request: BetterAuthImport): Promise<ImportReport> {
  const source = await SourceDatabase.open(request.source);
  try {
    const target = await TargetDatabase.over(request.target);
    return await target.exclusively(() => importInto(source, target, request));
  } finally {
    await source.close();
  }
}

async function importInto(
  source: SourceDatabase,
  target: TargetDatabase,
  { options: settings = {}, progress }: BetterAuthImport,
): Promise<ImportReport> {
  const dryRun = settings.dryRun === true;
  const tally = new ImportTally();
  const ledger = new ImportLedger(target);
  const context: ImportContext = {
    source,
    target,
    holders: new TargetHolders(target, dryRun),
    settings,
    emails: new Map(),
    note: (sentence) => tally.notes.add(sentence),
  };
  const size = settings.batchSize ?? BATCH_ROWS;
  const ended = new EndedRows(context, ledger, tally);
  await requireSameSource(context, ledger, size);
  for (const kind of MOVED_KINDS) {
    const total = await source.count(kind.model);
    const report = tally.kinds[kind.name];
    report.found = total;
    if (!isMovable(kind, context, tally, total)) {
      if (kind.name === 'users') await adoptAll(context, tally, size);
      continue;
    }
    // First what has ended: a value that must be unique may have gone to another row. A table without rows was emptied, and not row by row.
    if (total > 0) await ended.end(kind, size);
    const mover = new RowMover(context, ledger, tally, kind);
    let done = 0;
    for await (const rows of source.pages(kind.model, size)) {
      await mover.move(rows);
      done += rows.length;
      progress?.({ kind: kind.name, done, total });
    }
  }
  await countTheRest(source, tally);
  return tally.toReport(dryRun);
}

/** What is missing there ends here: in the database of somebody else everything would be. */
async function requireSameSource({ source }: ImportContext, ledger: ImportLedger, size: number): Promise<void> {
  const users = await ledger.someUsers(size);
  if (users.length === 0 || (await source.existing('user', users)).size > 0) return;
  throw new ImportError(
    'None of the users that were moved before is in the database to import from: it is another one. Name the one of before.',
  );
}

/** A host with a user table of its own has these users in it, under the same ids. */
async function adoptAll(context: ImportContext, tally: ImportTally, size: number): Promise<void> {
  for await (const rows of context.source.pages('user', size)) {
    await context.target.transaction(context.settings.dryRun !== true, () => adoptUsers(rows, context));
    for (const [id, { reason, isTold }] of await lackedFactors(rows, context))
      if (!isTold)
        tally.skip({ kind: 'second factors', id, reason: `the user is there already, without ${reason}` }, true);
  }
}

function isMovable({ name, model, table }: Kind, { source, target }: ImportContext, tally: ImportTally, rows: number) {
  if (!source.has(model)) return false;
  if (target.has(table.name)) return true;
  if (rows > 0) tally.leave(name, `there is no table ${table.name} here`, rows);
  return false;
}

async function countTheRest(source: SourceDatabase, tally: ImportTally): Promise<void> {
  for (const [table, reason] of Object.entries(LEFT_TABLES)) {
    const rows = await source.count(table);
    if (rows > 0) tally.notMoved.push({ table, rows, reason });
  }
}
