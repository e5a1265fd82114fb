import type { ModuleMetadata } from '@nestjs/common';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { authDataSource, type AuthOptions } from '../../index.js';
import type { Flags } from '../invocation.js';
import type { Io } from '../io.js';
import { requireReadableAddress } from './database-address.js';
import { environmentOptions } from './environment-options.js';
import { findOptionsFile } from './find-options-file.js';
import { loadOptionsFile } from './load-options-file.js';
import { tablesOf } from './tables-of.js';

/** What the command line knows of the server. */
export interface Host {
  /** What the server gives to `AuthModule.forRoot`; not checked yet. */
  readonly options: AuthOptions;
  /** Null: neither the environment nor the module names a database. */
  readonly dataSource: DataSource | null;
  /** Modules of the host that the options need, e.g. for a user directory with dependencies. */
  readonly imports: NonNullable<ModuleMetadata['imports']>;
  /** The file of the options; null: they come from the environment. */
  readonly file: string | null;
}

/**
 * Reads the options of the server and makes its data source, which is not connected.
 * @throws CommandFailure naming what is missing, and the remedy
 */
export async function readHost(io: Io, flags: Flags): Promise<Host> {
  const file = await findOptionsFile(io, flags);
  if (file === null)
    return { options: environmentOptions(io.env), dataSource: dataSourceOf(io, {}), imports: [], file };
  const { options, imports, ...source } = await loadOptionsFile(file);
  return { options, dataSource: dataSourceOf(io, source, options), imports, file };
}

interface GivenSource {
  readonly dataSource?: DataSource | undefined;
  readonly dataSourceOptions?: DataSourceOptions | undefined;
}

/** What the module exports comes before the address in the environment. */
function dataSourceOf(io: Io, given: GivenSource, options?: AuthOptions): DataSource | null {
  const url = io.env['DATABASE_URL'];
  const { url: address } = (given.dataSource?.options ?? given.dataSourceOptions ?? { url }) as { url?: unknown };
  requireReadableAddress(address);
  if (given.dataSource) return given.dataSource;
  if (given.dataSourceOptions) return new DataSource(given.dataSourceOptions);
  if (!url) return null;
  return new DataSource(authDataSource({ url, ...(options && { tables: tablesOf(options) }) }));
}
