import type { MigrationInterface, QueryRunner } from 'typeorm';

type Class<T = object> = new () => T;

const OWN = new WeakSet<object>();

/** Marks entities or migrations as this project's, to tell them from the host's in the same data source. */
export function markOwn<T extends object>(classes: readonly T[]): readonly T[] {
  for (const one of classes) OWN.add(one);
  return classes;
}

export function isOwn(target: unknown): boolean {
  return (typeof target === 'object' || typeof target === 'function') && target !== null && OWN.has(target);
}

/**
 * Wraps a migration so that it runs in the data source's `schema`: our SQL names no schema, and TypeORM does not set the search path. The
 * old path is restored, since the host's migrations may follow in the same transaction.
 */
export function inSchema(Migration: Class<MigrationInterface>): Class<MigrationInterface> {
  // TypeORM takes the name and order of a migration from its class name, so the wrapper keeps it.
  const { [Migration.name]: Wrapped } = {
    [Migration.name]: class extends Migration {
      override async up(runner: QueryRunner): Promise<void> {
        await withSearchPath(runner, () => super.up(runner));
      }

      override async down(runner: QueryRunner): Promise<void> {
        await withSearchPath(runner, () => super.down(runner));
      }
    },
  };
  return Wrapped!;
}

async function withSearchPath(runner: QueryRunner, work: () => Promise<void>): Promise<void> {
  const { schema } = runner.dataSource.options as { schema?: string };
  if (schema === undefined) return work();
  const [before] = (await runner.query(`SELECT current_setting('search_path') AS path`)) as { path: string }[];
  await setSearchPath(runner, searchPath(schema));
  await work();
  await setSearchPath(runner, before!.path);
}

/** Restored without `finally`: a failed migration is rolled back, and this setting with it. */
async function setSearchPath(runner: QueryRunner, path: string): Promise<void> {
  await runner.query(`SELECT set_config('search_path', $1, false)`, [path]);
}

/** A search path with only this schema. */
export function searchPath(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`;
}
