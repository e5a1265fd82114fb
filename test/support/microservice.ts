import type { INestMicroservice, Type } from '@nestjs/common';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule, type AuthOptions } from '../../src/index.js';
import { testOptions } from './app.js';

/** An application without HTTP, on a database that another has migrated. */
export async function createTestMicroservice(
  transport: MicroserviceOptions,
  {
    databaseUrl,
    auth,
    controllers,
    providers = [],
  }: { databaseUrl: string; auth?: Partial<AuthOptions>; controllers: Type[]; providers?: object[] },
): Promise<INestMicroservice> {
  const moduleRef = await Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot(authDataSource({ url: databaseUrl, poolSize: 5 })),
      AuthModule.forRoot(testOptions(auth)),
    ],
    controllers,
    providers: providers as Type[],
  }).compile();
  const app = moduleRef.createNestMicroservice<MicroserviceOptions>(transport);
  app.useLogger(false);
  await app.listen();
  return app;
}
