import type { DataSource } from 'typeorm';
import { migrationsOf } from './migrations.js';

/** Held while migrations run, so that of two command lines the second waits and then finds nothing to do. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtext('nest-authority migrate'))`;

/**
 * Runs the migrations that have not run, each in a transaction of its own. Uses two connections.
 * @param tell hears of each before it runs
 * @returns the names of those that ran
 */
export async function migrateUp(dataSource: DataSource, tell: (line: string) => void): Promise<string[]> {
  const holder = dataSource.createQueryRunner();
  try {
    // In a transaction, and so also behind a pooler, where a lock of a database session would stay with somebody else's.
    await holder.startTransaction();
    await holder.query(LOCK);
    const pending = (await migrationsOf(dataSource)).filter(({ hasRun }) => !hasRun).length;
    announce(dataSource, (name, place) => tell(`${place} of ${pending}: ${name}`));
    return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    await holder.rollbackTransaction().catch(() => undefined);
    await holder.release();
  }
}

/** TypeORM reports a migration once it has run; people want to know which one they are waiting for. */
function announce(dataSource: DataSource, tell: (name: string, place: number) => void): void {
  let place = 0;
  for (const migration of dataSource.migrations) {
    const up = migration.up.bind(migration);
    migration.up = (runner) => {
      tell(migration.constructor.name, ++place);
      return up(runner);
    };
  }
}
