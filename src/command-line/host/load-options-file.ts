import type { ModuleMetadata } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { AuthOptions } from '../../index.js';
import { CommandFailure } from '../command-failure.js';
import { sentenceOf } from '../output/sentence-of.js';

/** What a module with the options may export. */
export interface OptionsFile {
  readonly options: AuthOptions;
  readonly dataSource: DataSource | undefined;
  readonly dataSourceOptions: DataSourceOptions | undefined;
  readonly imports: NonNullable<ModuleMetadata['imports']>;
}

type Exports = Readonly<Record<string, unknown>>;

/** @throws CommandFailure naming the file, what is wrong with it, and the remedy */
export async function loadOptionsFile(file: string): Promise<OptionsFile> {
  const found = await importFile(file);
  const given = found['default'] ?? found['authOptions'];
  if (given === undefined)
    throw CommandFailure.usage(
      `${file} exports neither a default nor authOptions. Export what you give to AuthModule.forRoot, or a function that returns it.`,
    );
  const read = (value: unknown) => readExport(file, value);
  const options = await read(given);
  if (typeof options !== 'object' || options === null)
    throw CommandFailure.usage(`${file}: the options are no object. Export what you give to AuthModule.forRoot.`);
  const dataSource = await read(found['dataSource']);
  const imports = await read(found['imports']);
  return {
    options: options as AuthOptions,
    dataSource: isDataSource(dataSource) ? dataSource : undefined,
    dataSourceOptions: (await read(found['dataSourceOptions'])) as DataSourceOptions | undefined,
    imports: Array.isArray(imports) ? (imports as OptionsFile['imports']) : [],
  };
}

async function importFile(file: string): Promise<Exports> {
  if (!existsSync(file))
    throw CommandFailure.usage(
      `There is no ${file}. Build your application first, or name its compiled options: --options <file>.`,
    );
  try {
    const found = (await import(pathToFileURL(file).href)) as Exports;
    // A module that TypeScript has compiled to CommonJS is, as a whole, the default export.
    const whole = found['default'] as Exports | undefined;
    return whole && typeof whole === 'object' && whole['__esModule'] === true ? whole : found;
  } catch (error) {
    throw CommandFailure.failed(`${file} cannot be loaded: ${(error as Error).message}`, error);
  }
}

/** What a function of the host does not find is, mostly, a setting. */
async function readExport(file: string, given: unknown): Promise<unknown> {
  try {
    return await valueOf(given);
  } catch (error) {
    throw CommandFailure.usage(`${file}: ${sentenceOf(error)}`);
  }
}

/** A value, a promise of it, or a function that returns either. */
async function valueOf(given: unknown): Promise<unknown> {
  return typeof given === 'function' ? await (given as () => unknown)() : await given;
}

/** By its shape: a host may have a copy of TypeORM of its own. */
function isDataSource(value: unknown): value is DataSource {
  return value instanceof DataSource || typeof (value as DataSource | undefined)?.initialize === 'function';
}
