import type { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { AuthContext } from '../../ports/auth-context.js';
import type { EdgeContext } from '../request/request-context.js';

type Adapter = HttpAdapterHost['httpAdapter'];
type OpenScope = (request: IncomingMessage) => EdgeContext;
type AdapterRequest = IncomingMessage & { raw?: IncomingMessage };
type Next = (error?: unknown) => void;

const BODY: unique symbol = Symbol('nest-authority:body-bytes');
const HEADERS: unique symbol = Symbol('nest-authority:body-headers');
/** Headers by which Fastify tells that there is a body to parse. */
const BODY_HEADERS = ['content-type', 'content-length', 'transfer-encoding'] as const;

type ReadRequest = IncomingMessage & { [BODY]?: Buffer; [HEADERS]?: Record<string, string | undefined> };

/** Keeps the bytes of a body that has been read, for parsers that come later. */
export function keepBody(request: IncomingMessage, bytes: Buffer): void {
  (request as ReadRequest)[BODY] = bytes;
}

/**
 * Runs Nest's exception layer in the context of its request. Errors from before our middleware (CSRF protection on Fastify) reach it
 * without, and the filter would take a path of ours for the host's.
 */
export function scopeExceptionLayer(adapter: Adapter, open: OpenScope): void {
  const setErrorHandler = adapter.setErrorHandler?.bind(adapter);
  const setNotFoundHandler = adapter.setNotFoundHandler?.bind(adapter);
  const scoped = (request: AdapterRequest, next: () => unknown) => AuthContext.run(open(request.raw ?? request), next);
  if (setErrorHandler) {
    adapter.setErrorHandler = (handler, ...rest) =>
      setErrorHandler(
        // Four parameters tell Express that this is an error handler.
        (error: unknown, request: AdapterRequest, response: unknown, next: Next) =>
          scoped(request, () => handler(error, request, response, next) as unknown),
        ...rest,
      );
  }
  if (setNotFoundHandler) {
    adapter.setNotFoundHandler = (handler, ...rest) =>
      setNotFoundHandler(
        (request: AdapterRequest, response: unknown, next: Next) =>
          scoped(request, () => handler(request, response, next) as unknown),
        ...rest,
      );
  }
}

/** The part of Fastify that is used; the platform package is no dependency of ours. */
export interface FastifyLike {
  addHook(
    name: 'preParsing',
    hook: (request: { raw: IncomingMessage }, reply: unknown, payload: Readable) => Promise<Readable>,
  ): unknown;
  addHook(
    name: 'preValidation',
    hook: (
      request: { raw: IncomingMessage & { body?: unknown }; body: unknown },
      reply: unknown,
      done: () => void,
    ) => void,
  ): unknown;
  addHook(
    name: 'onSend',
    hook: (
      request: { raw: IncomingMessage },
      reply: { raw: ServerResponse },
      payload: unknown,
      done: (error: null, payload: unknown) => void,
    ) => void,
  ): unknown;
}

/** Runs before an answer of Fastify's is sent, also one that the host's CORS or CSRF hook gives before our middleware. */
export function beforeSending(
  fastify: FastifyLike,
  prepare: (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined,
): void {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const waiting = prepare(request.raw, reply.raw);
    if (waiting) void waiting.then(() => done(null, payload));
    else done(null, payload);
  });
}

/**
 * Fastify would parse after our middleware has read the stream. It is told that there is no body, whatever hooks of the host make of
 * the stream before or after us, and is given our own reading of it; a hook of the host still finds the bytes.
 */
export function replayBodies(fastify: FastifyLike): void {
  fastify.addHook('preParsing', async (request, _reply, payload) => {
    const raw = request.raw as ReadRequest;
    const bytes = raw[BODY];
    if (!bytes) return payload;
    raw[HEADERS] = Object.fromEntries(BODY_HEADERS.map((name) => [name, raw.headers[name]]));
    for (const name of BODY_HEADERS) delete raw.headers[name];
    return Readable.from([bytes]);
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    const raw = request.raw as ReadRequest & { body?: unknown };
    if (raw[BODY]) request.body = raw.body;
    for (const [name, value] of Object.entries(raw[HEADERS] ?? {})) if (value !== undefined) raw.headers[name] = value;
    done();
  });
}
