/** The server under load, in a process of its own so that its CPU time is its own. Started by run.ts. */
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyAuth, authDataSource, AuthModule, BearerAuth } from 'nest-authority';
import { DataSource } from 'typeorm';
import type { Pool } from 'pg';

@Controller()
class BareController {
  @Get('unguarded')
  unguarded() {
    return { pong: true };
  }
}

@Controller()
class BenchController {
  @Get('unguarded')
  unguarded() {
    return { pong: true };
  }

  @Get('bearer')
  @BearerAuth()
  bearer() {
    return { pong: true };
  }

  @Get('api-key')
  @ApiKeyAuth()
  apiKey() {
    return { pong: true };
  }
}

/** The same routes in an application that does not have us, as the base of the comparison. */
@Module({ controllers: [BareController] })
class BareModule {}

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env['DATABASE_URL'] ?? '', migrationsRun: true })),
    AuthModule.forRoot({
      issuer: 'http://localhost',
      secret: 'only for measuring, never for anything else 0123',
      rateLimits: false,
      bearer: { refreshToken: { enabled: true }, expiresIn: '1h' },
      jwt: { expiresIn: '1h' },
      apiKeys: {
        prefix: 'sk_',
        configurations: [{ configId: 'limited', prefix: 'lk_', rateLimit: { window: 3_600_000, max: 1_000_000_000 } }],
      },
      // Without the cache every request is the first sight of its credential.
      ...(process.env['UNCACHED'] && { cacheTtl: 0 }),
    }),
  ],
  controllers: [BenchController],
})
class BenchModule {}

async function start(): Promise<void> {
  const options = { logger: ['error' as const] };
  const root = process.env['BARE'] ? BareModule : BenchModule;
  const app =
    process.env['ADAPTER'] === 'fastify'
      ? await NestFactory.create(root, new FastifyAdapter(), options)
      : await NestFactory.create(root, options);
  await app.listen(0, '127.0.0.1');
  const statements = process.env['BARE'] ? () => 0 : countStatements(app.get(DataSource));
  process.on('message', () => process.send?.({ cpu: process.cpuUsage(), statements: statements() }));
  process.send?.({ url: await app.getUrl() });
}

/** Counts what goes to PostgreSQL over the pool. */
function countStatements(dataSource: DataSource): () => number {
  const pool = (dataSource.driver as unknown as { master: Pool }).master;
  let count = 0;
  const query = pool.query.bind(pool) as (...parameters: unknown[]) => unknown;
  Object.assign(pool, {
    query: (...parameters: unknown[]) => {
      count++;
      return query(...parameters);
    },
  });
  return () => count;
}

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
