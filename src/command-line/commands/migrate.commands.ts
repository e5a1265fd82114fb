import { CommandFailure, EXIT } from '../command-failure.js';
import { migrateUp } from '../host/migrate-up.js';
import { migrationsOf, type MigrationState } from '../host/migrations.js';
import type { Invocation } from '../invocation.js';
import type { Answer } from '../output/answer.js';
import { plural, table } from '../output/table.js';
import { example, type AddCommands } from '../program.js';

/** `migrate status`, `migrate up`. */
export const migrateCommands: AddCommands = (program, action) => {
  const migrate = program.command('migrate').description('the tables of the server');
  migrate
    .command('status')
    .description('list the migrations and whether they have run; exit code 1 while one has not')
    .addHelpText('after', example('migrate status'))
    .action(action(status));
  migrate
    .command('up')
    .description('run the migrations that have not run')
    .addHelpText('after', example('migrate up'))
    .action(action(up));
};

async function status(invocation: Invocation): Promise<Answer> {
  const migrations = await read(invocation);
  const pending = migrations.filter(({ hasRun }) => !hasRun).length;
  const rows = migrations.map(({ name, hasRun, owner }) => [name, hasRun ? 'has run' : 'pending', owner]);
  invocation.tell(
    pending === 0
      ? 'No migration is pending.'
      : `${plural(pending, 'migration')} pending. Run: npx nest-authority migrate up`,
  );
  return {
    text: table(['MIGRATION', 'STATE', 'OF'], rows, ''),
    json: { pending, migrations },
    exitCode: pending === 0 ? EXIT.done : EXIT.failed,
  };
}

async function up(invocation: Invocation): Promise<Answer> {
  await read(invocation);
  const { dataSource } = await invocation.readHost();
  const ran = await migrateUp(dataSource!, (line) => invocation.tell(line));
  const text = ran.length === 0 ? 'Nothing to do: every migration has run.' : `${plural(ran.length, 'migration')} run.`;
  return { text, json: { ran } };
}

async function read(invocation: Invocation): Promise<MigrationState[]> {
  const { dataSource } = await invocation.connect();
  const migrations = await migrationsOf(dataSource!);
  if (migrations.length > 0) return migrations;
  throw CommandFailure.failed(
    'The data source lists no migrations. Give them to it (authDataSource does), or leave it out of the module and set DATABASE_URL.',
  );
}
