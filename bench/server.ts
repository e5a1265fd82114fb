/** The server under load, in a process of its own so that its CPU time is its own. Started by servers.ts. */
import { Controller, Get, Module } from '@nestjs/common';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyAuth, authDataSource, AuthModule, BearerAuth } from 'nest-authority';
import { PROVIDER, RESOURCES } from './oauth-client.js';
import { countStatements } from './statement-counter.js';

const PONG = { pong: true };

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const SIGNED = Buffer.alloc(500, 'a');
const SIGNATURE = sign('sha256', SIGNED, privateKey);
const verifyInPool = promisify(verify) as (...values: unknown[]) => Promise<boolean>;

/** One signature, as a proof has one, and nothing else: what is under the cost of a proof. */
async function pongOnceVerified() {
  if (!(await verifyInPool('sha256', SIGNED, publicKey, SIGNATURE))) throw new Error('The signature is bad.');
  return PONG;
}

@Controller()
class BenchController {
  @Get('unguarded')
  unguarded() {
    return PONG;
  }

  @Get('verify')
  verify() {
    return pongOnceVerified();
  }

  @Get('bearer')
  @BearerAuth()
  bearer() {
    return PONG;
  }

  @Get('api-key')
  @ApiKeyAuth()
  apiKey() {
    return PONG;
  }
}

/** The same routes without guards: what the host costs alone. */
@Controller()
class BareController {
  @Get(['unguarded', 'bearer', 'api-key'])
  unguarded() {
    return PONG;
  }

  @Get('verify')
  verify() {
    return pongOnceVerified();
  }
}

/** Of a module that the host imports after ours: its routes come after ours too. */
@Controller()
class LateController {
  @Get('late')
  late() {
    return PONG;
  }
}

@Module({ controllers: [LateController] })
class LateModule {}

const AUTH = [
  TypeOrmModule.forRoot(authDataSource({ url: process.env['DATABASE_URL'] ?? '', migrationsRun: true })),
  AuthModule.forRoot({
    issuer: 'http://localhost',
    secret: 'only for measuring, never for anything else 0123',
    rateLimits: false,
    bearer: { refreshToken: { enabled: true }, expiresIn: '1h' },
    jwt: { algorithm: 'ES256', expiresIn: '1h' },
    apiKeys: {
      prefix: 'sk_',
      configurations: [{ configId: 'limited', prefix: 'lk_', rateLimit: { window: 86_400_000, max: 1_000_000_000 } }],
    },
    resources: RESOURCES,
    oauthProvider: PROVIDER,
    clientCredentials: true,
    device: {},
    ...(process.env['BENCH_DPOP'] === 'memory' && { dpop: { nonce: 'required', resourceReplay: 'memory' } }),
    ...(process.env['BENCH_CACHE_TTL'] !== undefined && { cacheTtl: Number(process.env['BENCH_CACHE_TTL']) }),
  }),
];

@Module({ imports: [LateModule], controllers: [BareController] })
class BareModule {}

@Module({ imports: [...AUTH, LateModule], controllers: [BenchController] })
class BenchModule {}

async function start(): Promise<void> {
  const statements = countStatements();
  const options = { logger: ['error' as const] };
  const root = process.env['BARE'] ? BareModule : BenchModule;
  const app =
    process.env['ADAPTER'] === 'fastify'
      ? await NestFactory.create(root, new FastifyAdapter(), options)
      : await NestFactory.create(root, options);
  await app.listen(0, '127.0.0.1');
  process.on('message', () => process.send?.({ cpu: process.cpuUsage(), statements: statements() }));
  process.on('disconnect', () => process.exit());
  process.send?.({ url: await app.getUrl(), node: process.version });
}

start().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
