import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { authDataSource } from '../../src/index.js';
import { createHttpAdapter } from './adapter.js';

/** Gives the data source without connecting it: a boot that must fail needs no database. */
@Global()
@Module({
  providers: [
    { provide: DataSource, useValue: new DataSource(authDataSource({ url: 'postgres://localhost/unused' })) },
  ],
  exports: [DataSource],
})
class UnconnectedDataSource {}

export type Imports = (Type | DynamicModule)[];

/** @returns the message that stopped the boot; fails when nothing did */
export async function bootError(imports: () => Imports): Promise<string> {
  try {
    const moduleRef = await Test.createTestingModule({ imports: [UnconnectedDataSource, ...imports()] }).compile();
    const app = moduleRef.createNestApplication(createHttpAdapter());
    app.useLogger(false);
    try {
      await app.init();
    } finally {
      await app.close();
    }
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('The application started.');
}
