import type { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../command-failure.js';
import type { Host } from './read-host.js';

/** On a silent network a driver may wait for ever; people do not. */
const CONNECT_MILLISECONDS = 10_000;

/** Connects the data source. @throws CommandFailure when none is named, or when it does not answer */
export async function connect({ dataSource }: Pick<Host, 'dataSource'>): Promise<DataSource> {
  if (!dataSource)
    throw CommandFailure.usage(
      'No database is named. Set DATABASE_URL, or export dataSource or dataSourceOptions from the module with the options.',
    );
  if (dataSource.isInitialized) return dataSource;
  // Connecting must change nothing, whatever the server does at its start.
  dataSource.setOptions({ migrationsRun: false, synchronize: false, dropSchema: false });
  const late = sleep(CONNECT_MILLISECONDS, null, { ref: false }).then(() => {
    throw new Error(`no answer within ${CONNECT_MILLISECONDS / 1000} seconds`);
  });
  try {
    return await Promise.race([dataSource.initialize(), late]);
  } catch (error) {
    throw CommandFailure.failed(`The database${placeOf(dataSource)} cannot be reached: ${reasonOf(error)}`, error);
  }
}

/** Host, port and name; never the password. */
function placeOf({ options }: DataSource): string {
  const { url } = options as { url?: string };
  if (url === undefined || !URL.canParse(url)) return '';
  const { host, pathname } = new URL(url);
  return ` ${host}${pathname}`;
}

/** Of several addresses that were tried, Node puts the reasons into an error without a message. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reasonOf))].join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
