import { Global, Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { BACKGROUND_WORK } from '../../common/background.js';
import { AuthModule } from '../../index.js';
import type { Io } from '../io.js';
import type { Host } from './read-host.js';
import { refusedOptions } from './refused-options.js';
import { StderrLogger } from './stderr-logger.js';

/** Switches off what servers do by themselves, in every module below. */
@Global()
@Module({ providers: [{ provide: BACKGROUND_WORK, useValue: false }], exports: [BACKGROUND_WORK] })
class NoBackgroundWork {}

/** The root of the command line's application: the module set with the options of the server, and what these need. */
export function rootModule({
  options,
  dataSource,
  imports,
}: Host & { readonly dataSource: DataSource }): DynamicModule {
  const { dataSource: name } = options;
  return {
    module: class CommandLineModule {},
    imports: [
      NoBackgroundWork,
      TypeOrmModule.forRootAsync({
        ...(name !== undefined && { name }),
        // Connected before, if it is to be: nothing here tries again for half a minute.
        useFactory: () => ({ ...dataSource.options, manualInitialization: true }),
        dataSourceFactory: async () => dataSource,
      }),
      ...imports,
      AuthModule.forRoot(options),
    ],
  };
}

/** The services of the module set: no server, no background work. @throws CommandFailure when the server would not start */
export async function openContext(host: Host, io: Io): Promise<INestApplicationContext> {
  try {
    const root = rootModule({ ...host, dataSource: host.dataSource! });
    return await NestFactory.createApplicationContext(root, { logger: new StderrLogger(io), abortOnError: false });
  } catch (error) {
    throw refusedOptions(host.options, error);
  }
}
