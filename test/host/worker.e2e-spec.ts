import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsModule, authDataSource, AuthCoreModule, AuthModule, BearerModule, UsersService } from 'nest-authority';
import { testOptions } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

describe('a host without HTTP', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const typeOrm = () =>
    TypeOrmModule.forRoot({ ...authDataSource({ url: database.url, migrationsRun: true }), retryAttempts: 0 });

  it.each([
    ['AuthModule.forRoot', () => [AuthModule.forRoot(testOptions())]],
    [
      'single capabilities beside AuthCoreModule.forRoot',
      () => {
        const { issuer, secret } = testOptions();
        return [AuthCoreModule.forRoot({ issuer, secret }), AccountsModule.forRoot(), BearerModule.forRoot()];
      },
    ],
  ])('uses the services in a worker, with %s', async (_name, modules) => {
    const worker = await NestFactory.createApplicationContext(
      { module: class WorkerModule {}, imports: [typeOrm(), ...modules()] },
      { logger: false },
    );
    const users = worker.get(UsersService, { strict: false });
    const { id } = await users.seed({ email: `worker-${process.pid}@example.com`, name: 'Worker' });
    await users.disable(id);
    expect(await users.find(id)).toMatchObject({ name: 'Worker' });
    await worker.close();
  });
});
