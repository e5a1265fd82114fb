import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { createAuthDocument } from 'nest-authority/swagger';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppModule } from './app.module.js';
import { DOCS_CLIENT, docsCallbacks } from './clients-file.js';
import { DEMO_USER, readConfig, type DemoConfig } from './config.js';
import { DemoDatabase } from './database.js';
import { startEmbeddedPostgres } from './embedded-postgres/start-embedded-postgres.js';
import { exitWithParent } from './exit-with-parent.js';
import { Lifecycle } from './lifecycle.js';
import { WEB_CLIENT, webClientSecret } from './web-client/web-client.config.js';
import { WebClient } from './web-client/web-client.js';

/** Time between "not ready" and closing, so that load balancers stop sending first. */
const DRAIN_MILLISECONDS = 1_000;
/** Requests in flight have this long to finish; then connections are closed, also those whose client never finished sending. */
const FINISH_MILLISECONDS = 5_000;

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const embedded =
    config.databaseUrl === null
      ? await startEmbeddedPostgres({ dataDirectory: join(config.dataFolder, 'postgres'), durable: true })
      : null;
  const databaseUrl = config.databaseUrl ?? embedded!.url;
  const adapter = config.httpAdapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(AppModule.forRoot(config, databaseUrl), adapter, { logger: ['error', 'warn'] });
  const server = app.getHttpServer() as Server;
  // Before either adapter sees the request: what it answers is then tracked too.
  const lifecycle = app.get(Lifecycle);
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => lifecycle.track(response));
  const document = createAuthDocument(app, describeDemo());
  SwaggerModule.setup('docs', app, document, {
    customSiteTitle: 'API · nest-authority demo',
    swaggerOptions: { persistAuthorization: true, filter: true, ...docsSignIn(config) },
  });
  const webClient = webClientOf(config);
  stopOnSignals(app, async () => {
    webClient?.stop();
    await embedded?.stop();
  });
  limitSlowClients(server);
  // Without a host Fastify listens on loopback only, Express on every address.
  await (config.httpAdapter === 'fastify' ? app.listen(config.port, '0.0.0.0') : app.listen(config.port));
  app.get(DemoDatabase).start(databaseUrl, config);
  greet(config, server, await addressOf(webClient));
}

async function addressOf(webClient: WebClient | null): Promise<string> {
  if (!webClient) return 'off';
  return (await webClient.start()) ? webClient.origin : `off: port ${new URL(webClient.origin).port} is taken`;
}

function describeDemo() {
  return new DocumentBuilder()
    .setTitle('nest-authority demo')
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addTag('Host routes', 'Routes of the host application, guarded by decorators of the package.')
    .addTag('Health', 'For load balancers and supervisors.')
    .build();
}

/** The Authorize button of /docs signs in with the demo itself. The redirect address that Swagger UI computes is wrong. */
function docsSignIn({ issuer, clients }: DemoConfig) {
  const [oauth2RedirectUrl] = docsCallbacks(issuer);
  const hasClient = clients.some((client) => client.client_id === DOCS_CLIENT);
  const initOAuth = {
    clientId: hasClient ? DOCS_CLIENT : '',
    scopes: ['openid', 'profile', 'email', 'read:data'],
    usePkceWithAuthorizationCodeGrant: true,
  };
  return { ...(oauth2RedirectUrl !== undefined && { oauth2RedirectUrl }), initOAuth };
}

function webClientOf({ webClientPort: port, clients, issuer }: DemoConfig): WebClient | null {
  const clientSecret = webClientSecret(clients);
  if (port === null || clientSecret === null) return null;
  return new WebClient({ port, issuer, clientId: WEB_CLIENT, clientSecret });
}

/** Readiness goes off, requests in flight finish, jobs and connections close, then the database stops. */
function stopOnSignals(app: INestApplication, stopDatabase: () => Promise<void>): void {
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      app.get(Lifecycle).close();
      await sleep(DRAIN_MILLISECONDS);
      const server = app.getHttpServer() as Server;
      const cutOff = setTimeout(() => server.closeAllConnections(), FINISH_MILLISECONDS);
      await app.close();
      clearTimeout(cutOff);
      await app.get(DemoDatabase).stop();
      await stopDatabase();
    })();
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void stop().then(() => process.exit(0), fail));
  }
  exitWithParent(stop);
}

/** A client that sends its headers or body slowly must not hold a connection for minutes (T005). */
function limitSlowClients(server: Server): void {
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.keepAliveTimeout = 65_000;
}

function greet(config: DemoConfig, server: Server, webClient: string): void {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const origin = `http://localhost:${port}`;
  const body = JSON.stringify({ email: config.users[0]?.email, password: config.users[0]?.password });
  console.log(`
nest-authority demo

  address    ${origin}
  API docs   ${origin}/docs
  web client ${webClient}
  issuer     ${config.issuer}
  user       ${config.users[0]?.email ?? DEMO_USER.email}  ${config.users[0]?.password ?? ''}

  curl -s ${origin}/api/auth/sign-in/email -H 'content-type: application/json' -d '${body}'
`);
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

start().catch(fail);
