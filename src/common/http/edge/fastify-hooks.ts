import type { HttpAdapterHost } from '@nestjs/core';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

type Adapter = HttpAdapterHost['httpAdapter'];
type Next = (error?: unknown) => void;

const BODY: unique symbol = Symbol('nest-authority:body-bytes');
const HEADERS: unique symbol = Symbol('nest-authority:body-headers');
/** Fastify decides by these headers whether there is a body to parse. */
const BODY_HEADERS = ['content-type', 'content-length', 'transfer-encoding'] as const;

type ReadRequest = IncomingMessage & { [BODY]?: Buffer; [HEADERS]?: IncomingHttpHeaders };

/** Keeps the bytes of a body that has been read, for parsers that run later. */
export function keepBody(request: IncomingMessage, bytes: Buffer): void {
  (request as ReadRequest)[BODY] = bytes;
}

type FastifyRequest = { raw: IncomingMessage & { body?: unknown }; body: unknown };
type FastifyReply = { raw: ServerResponse };

/** The part of Fastify that we use; the platform package is not a dependency of ours. */
export interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: FastifyReply, next: Next) => void): unknown;
  addHook(
    name: 'preParsing',
    hook: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: Readable,
      next: (error: null, payload: Readable) => void,
    ) => void,
  ): unknown;
  addHook(
    name: 'preValidation',
    hook: (request: FastifyRequest, reply: FastifyReply, next: () => void) => void,
  ): unknown;
  addHook(
    name: 'onSend',
    hook: (
      request: FastifyRequest,
      reply: FastifyReply,
      payload: unknown,
      next: (error: null, payload: unknown) => void,
    ) => void,
  ): unknown;
  /** Of the middleware plugin, once that is registered. */
  use?: (...parameters: unknown[]) => unknown;
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/**
 * Installs our middleware as the first. On Fastify a hook does the same at a tenth of the cost; as soon as the host has middleware of its
 * own, which run before that hook, ours goes before them.
 */
export function installFirst(
  adapter: Adapter,
  middleware: Middleware,
  isDone: (request: IncomingMessage) => boolean,
): void {
  const fastify = adapter.getType() === 'fastify' ? adapter.getInstance<FastifyLike>() : null;
  if (!fastify?.use) return void adapter.use(middleware);
  const use = fastify.use.bind(fastify);
  fastify.use = (...parameters) => {
    fastify.use = use;
    use(middleware);
    return use(...parameters);
  };
  fastify.addHook('onRequest', ({ raw }, reply, next) => {
    if (isDone(raw)) next();
    else middleware(raw, reply.raw, next);
  });
}

/** Runs before Fastify sends a reply, also one that the host's CORS or CSRF hook gives before our middleware runs. */
export function beforeSending(
  fastify: FastifyLike,
  prepare: (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined,
): void {
  fastify.addHook('onSend', (request, reply, payload, next) => {
    const waiting = prepare(request.raw, reply.raw);
    if (waiting) void waiting.then(() => next(null, payload));
    else next(null, payload);
  });
}

/**
 * Fastify would parse the body after our middleware has read the stream. So we hide the body headers from it, whatever the host's hooks do
 * with the stream, and give it the body that we have parsed; a hook of the host still finds the bytes.
 */
export function replayBodies(fastify: FastifyLike): void {
  fastify.addHook('preParsing', (request, _reply, payload, next) => {
    const raw = request.raw as ReadRequest;
    const bytes = raw[BODY];
    if (!bytes) return next(null, payload);
    // Not deleted: an object that has lost a member is slow to read from then on.
    const { headers } = raw;
    raw[HEADERS] = { ...headers };
    for (const name of BODY_HEADERS) if (headers[name] !== undefined) headers[name] = undefined;
    next(null, streamOf(bytes));
  });
  fastify.addHook('preValidation', (request, _reply, next) => {
    const raw = request.raw as ReadRequest & { body?: unknown };
    if (raw[BODY]) {
      request.body = raw.body;
      for (const name of BODY_HEADERS) if (raw[HEADERS]?.[name] !== undefined) raw.headers[name] = raw[HEADERS][name];
    }
    next();
  });
}

/** Seldom read, so it costs as little as a stream can: `Readable.from` would set up an iterator. */
function streamOf(bytes: Buffer): Readable {
  return new Readable({
    read() {
      this.push(bytes);
      this.push(null);
    },
  });
}
