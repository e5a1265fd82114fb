/** The server under load, in a process of its own so that its CPU time is its own. Started by run.ts. */
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyAuth, authDataSource, AuthModule, BearerAuth } from 'nest-authority';
import { PROVIDER } from './oauth-clients.js';
import { countStatements } from './statement-counter.js';

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

/** The same routes in an application without us, as the base of the comparison. */
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
      oauthProvider: PROVIDER,
      clientCredentials: true,
      device: {},
      // Without the cache every request verifies its credential anew.
      ...(process.env['UNCACHED'] && { cacheTtl: 0 }),
    }),
  ],
  controllers: [BenchController],
})
class BenchModule {}

async function start(): Promise<void> {
  const counts = countStatements();
  const options = { logger: ['error' as const] };
  const root = process.env['BARE'] ? BareModule : BenchModule;
  const app =
    process.env['ADAPTER'] === 'fastify'
      ? await NestFactory.create(root, new FastifyAdapter(), options)
      : await NestFactory.create(root, options);
  await app.listen(0, '127.0.0.1');
  process.on('message', () => process.send?.({ cpu: process.cpuUsage(), ...counts() }));
  process.send?.({ url: await app.getUrl() });
}

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
