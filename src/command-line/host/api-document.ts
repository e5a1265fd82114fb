import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { authDataSource } from '../../index.js';
import { CommandFailure } from '../command-failure.js';
import type { Io } from '../io.js';
import { rootModule } from './open-context.js';
import type { Host } from './read-host.js';
import { refusedOptions } from './refused-options.js';
import { StderrLogger } from './stderr-logger.js';

type Swagger = typeof import('../../swagger/index.js');
export type ApiDocument = ReturnType<Swagger['createAuthDocument']>;

/**
 * The API document of the module set with these options. Nothing listens, and no database is asked.
 * @throws CommandFailure without `@nestjs/swagger`, without a platform, and when the server would not start
 */
export async function apiDocument(host: Host, title: string, io: Io): Promise<ApiDocument> {
  const { createAuthDocument } = await swagger();
  // Never connected: the routes do not depend on what is stored.
  const dataSource = host.dataSource ?? new DataSource(authDataSource({ url: 'postgres://localhost/none' }));
  const adapter = await platformAdapter();
  try {
    const root = rootModule({ ...host, dataSource });
    const app = await NestFactory.create(root, adapter, { logger: new StderrLogger(io), abortOnError: false });
    try {
      await app.init();
      return createAuthDocument(app, { openapi: '3.1.0', info: { title, version: '1.0.0' } });
    } finally {
      await app.close();
    }
  } catch (error) {
    throw refusedOptions(host.options, error);
  }
}

async function swagger(): Promise<Swagger> {
  try {
    return await import('../../swagger/index.js');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw CommandFailure.failed(
      'openapi needs @nestjs/swagger, which is not installed. Run: npm install @nestjs/swagger',
      error,
    );
  }
}

/** Whichever platform the host has. */
async function platformAdapter() {
  try {
    const { ExpressAdapter } = await import('@nestjs/platform-express');
    return new ExpressAdapter();
  } catch {
    // Fastify then.
  }
  try {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return new FastifyAdapter();
  } catch (error) {
    throw CommandFailure.failed(
      'openapi needs @nestjs/platform-express or @nestjs/platform-fastify, and neither is installed. Install the one that your server uses.',
      error,
    );
  }
}
