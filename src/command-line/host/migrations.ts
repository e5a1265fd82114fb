import { MigrationExecutor, type DataSource } from 'typeorm';
import { isOwn } from '../../common/database/own-schema.js';

/** One migration of the data source. */
export interface MigrationState {
  readonly name: string;
  readonly hasRun: boolean;
  /** Whose it is. */
  readonly owner: 'nest-authority' | 'host';
}

/** Digits at the end of a migration's name, by which TypeORM orders them. */
const TIMESTAMP_DIGITS = 13;

/** The migrations that a connected data source lists, in the order in which they run. Only reads. */
export async function migrationsOf(dataSource: DataSource): Promise<MigrationState[]> {
  const run = new Set((await new MigrationExecutor(dataSource).getExecutedMigrations()).map(({ name }) => name));
  const all = dataSource.migrations.map((migration): MigrationState => {
    const name = migration.name ?? migration.constructor.name;
    return { name, hasRun: run.has(name), owner: isOwn(migration.constructor) ? 'nest-authority' : 'host' };
  });
  const order = ({ name }: MigrationState) => Number(name.slice(-TIMESTAMP_DIGITS));
  return all.toSorted((a, b) => order(a) - order(b));
}
