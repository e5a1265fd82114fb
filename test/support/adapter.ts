import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** Of every application whose test does not name one: AUTH_HTTP_ADAPTER, else express. */
export const DEFAULT_ADAPTER: Adapter = chosen(process.env['AUTH_HTTP_ADAPTER']);

export function createHttpAdapter(adapter: Adapter = DEFAULT_ADAPTER): AbstractHttpAdapter {
  return adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
}

function chosen(name: string | undefined): Adapter {
  const adapter = ADAPTERS.find((known) => known === (name || 'express'));
  if (!adapter) throw new Error(`AUTH_HTTP_ADAPTER: ${name} is not express or fastify.`);
  return adapter;
}
