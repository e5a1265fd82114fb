import type { DataSource } from 'typeorm';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../command-failure.js';
import { sentenceOf } from '../output/sentence-of.js';
import type { Host } from './read-host.js';

/** On a silent network a driver may wait for ever; people do not. */
const CONNECT_MILLISECONDS = 10_000;

const POOL_SIZE = 3;
const DEFAULT_PORT = 5_432;

/** Connects the data source. @throws CommandFailure when none is named, or when it does not answer */
export async function connect({ dataSource }: Pick<Host, 'dataSource'>): Promise<DataSource> {
  if (!dataSource)
    throw CommandFailure.usage(
      'No database is named. Set DATABASE_URL, or export dataSource or dataSourceOptions from the module with the options.',
    );
  if (dataSource.isInitialized) return dataSource;
  // Connecting must change nothing, whatever the server does at its start.
  dataSource.setOptions({ migrationsRun: false, synchronize: false, dropSchema: false, ...ownPool(dataSource) });
  const late = sleep(CONNECT_MILLISECONDS, null, { ref: false }).then(() => {
    throw new Error(`no answer within ${CONNECT_MILLISECONDS / 1000} seconds`);
  });
  try {
    return await Promise.race([dataSource.initialize(), late]);
  } catch (error) {
    throw CommandFailure.failed(`The database${placeOf(dataSource)} cannot be reached: ${sentenceOf(error)}`, error);
  }
}

/** One connection holds a lock while others work under it: where the server has only one, the lock would wait for itself. */
function ownPool({ options }: DataSource) {
  return { poolSize: POOL_SIZE, extra: { ...(options.extra as object | undefined), max: POOL_SIZE } };
}

/** Host, port and name; never the password. */
function placeOf({ options }: DataSource): string {
  const { url, host, port, database } = options as { url?: string; host?: string; port?: number; database?: string };
  if (url !== undefined && URL.canParse(url)) return ` ${new URL(url).host}${new URL(url).pathname}`;
  if (host !== undefined) return ` ${host}:${port ?? DEFAULT_PORT}/${database ?? ''}`;
  return ', of which no address is set (DATABASE_URL?),';
}
