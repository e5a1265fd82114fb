import { Connections } from '../../../common/database/connections.js';
import { Database } from '../../../common/database/database.js';
import { SchemaCheck } from '../../../common/database/schema-check.js';
import { migrationsOf } from '../../host/migrations.js';
import { error, ok, warning, type Check } from '../check.js';

const REMEDY = 'Run: npx nest-authority migrate up';

/** Whether the tables are those of this version. */
export const migrations: Check = {
  id: 'migrations',
  async look(patient) {
    const source = await patient.database();
    const pending = (await migrationsOf(source)).filter(({ hasRun }) => !hasRun);
    const own = pending.filter(({ owner }) => owner === 'nest-authority').map(({ name }) => name);
    if (own.length > 0)
      return error(
        `${counted(own.length)} not run, from ${own[0]} to ${own.at(-1)}: the server refuses to start.`,
        REMEDY,
      );
    const connections = new Connections(source);
    try {
      // What the server looks at when it starts; it also knows data sources that list no migrations.
      await new SchemaCheck(source, new Database(connections), true).run();
    } catch (fault) {
      return error((fault as Error).message, REMEDY);
    } finally {
      await connections.close();
    }
    if (pending.length === 0) return ok('Every migration has run.');
    return warning(`${counted(pending.length)} of your own not run, the first of them ${pending[0]!.name}.`, REMEDY);
  },
};

function counted(count: number): string {
  return count === 1 ? '1 migration has' : `${count} migrations have`;
}
