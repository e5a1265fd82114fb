import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { AuthError } from '../errors/auth-error.js';
import { renderManagementError } from '../errors/render-management-error.js';
import { renderOAuthError } from '../errors/render-oauth-error.js';
import { AuthContext } from '../host/auth-context.js';
import { AuthRoutes } from './auth-routes.js';
import { ClientAddress } from './client-address.js';
import {
  bodyKind,
  checkEncoding,
  MAX_BODY_BYTES,
  parseBody,
  parseForm,
  tooLarge,
  unsupported,
} from './request-body.js';
import { setScope, type EdgeScope } from './request-scope.js';

type Next = (error?: unknown) => void;
/** Express answers `req.body` set by us; body-parser then finds the stream finished and steps aside. */
type EdgeRequest = IncomingMessage & { body?: unknown; originalUrl?: string };

const BODY = Symbol('nest-authority:body-bytes');

/**
 * First middleware of the application, installed on the adapter itself before the host's parsers. It opens the request's scope and,
 * on our paths, reads the body itself: strict, bounded, and whatever parsers, limits or none the host has configured.
 * What it finds wrong is kept in the scope and thrown by our controllers' guard, so that the host's security headers, CSRF check
 * and CORS come first and one filter renders it; only an oversized body is answered on the spot, since it is not read to its end.
 */
@Injectable()
export class AuthEdge {
  constructor(
    adapterHost: HttpAdapterHost,
    private readonly routes: AuthRoutes,
    private readonly addresses: ClientAddress,
  ) {
    const adapter = adapterHost.httpAdapter;
    // Null in an application context without HTTP (workers, command lines).
    if (!adapter) return;
    adapter.use((request: EdgeRequest, response: ServerResponse, next: Next) => this.handle(request, response, next));
    if (adapter.getType() === 'fastify') replayBodies(adapter.getInstance<FastifyLike>());
  }

  private handle(request: EdgeRequest, response: ServerResponse, next: Next): void {
    const [path, query] = splitUrl(request.originalUrl ?? request.url ?? '/');
    const match = this.routes.match(path);
    const scope: EdgeScope = {
      headers: request.headers,
      address: () => this.addresses.of(request),
      principal: null,
      ours: match !== null,
      route: match?.route ?? '',
      fault: null,
    };
    setScope(request, scope);
    if (!match) return void AuthContext.run(scope, next);
    scope.fault = match.exact ? faultOf(() => parseForm(query)) : AuthError.notFound();
    if (!hasBody(request)) return void AuthContext.run(scope, next);
    this.readBody(request, response, scope).then(
      () => AuthContext.run(scope, next),
      (error: unknown) => next(error),
    );
  }

  private async readBody(request: EdgeRequest, response: ServerResponse, scope: EdgeScope): Promise<void> {
    const kind = bodyKind(request.headers['content-type']);
    scope.bodyKind = kind;
    if (kind === 'other') {
      // Left unread: a route of the host below our prefix may want it.
      scope.fault ??= unsupported('Send application/json or application/x-www-form-urlencoded');
      return;
    }
    const bytes = await readBytes(request);
    if (!bytes) return this.refuseLarge(response, scope);
    (request as unknown as Record<symbol, Buffer>)[BODY] = bytes;
    request.body = {};
    scope.fault ??= faultOf(() => {
      checkEncoding(request.headers['content-type'], request.headers['content-encoding']);
      request.body = parseBody(kind, bytes);
    });
  }

  private refuseLarge(response: ServerResponse, scope: EdgeScope): Promise<void> {
    const rendered =
      this.routes.shapeOf(scope.route) === 'oauth' ? renderOAuthError(tooLarge()) : renderManagementError(tooLarge());
    response.writeHead(rendered.status, {
      ...rendered.headers,
      'Content-Type': 'application/json; charset=utf-8',
      Connection: 'close',
    });
    response.end(JSON.stringify(rendered.body));
    // Never settles: nothing may run after the answer.
    return new Promise(() => undefined);
  }
}

function splitUrl(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function faultOf(check: () => unknown): AuthError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
}

/** @returns null when there is more than allowed; the rest is not buffered */
function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) return void chunks.push(chunk);
      request.removeAllListeners('data').pause();
      resolve(null);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', (error) => reject(error));
    request.on('close', () => reject(AuthError.badRequest('BAD_REQUEST', 'The request was aborted')));
  });
}

interface FastifyLike {
  addHook(
    name: 'preParsing',
    hook: (request: { raw: IncomingMessage }, reply: unknown, payload: Readable) => Promise<Readable>,
  ): unknown;
  addHook(name: 'preValidation', hook: (request: { raw: EdgeRequest; body: unknown }) => Promise<void>): unknown;
}

/** Fastify parses after this middleware has read the stream: it is given the same bytes again, then our own reading of them. */
function replayBodies(fastify: FastifyLike): void {
  fastify.addHook('preParsing', async (request, _reply, payload) => {
    const bytes = (request.raw as unknown as Record<symbol, Buffer | undefined>)[BODY];
    if (!bytes) return payload;
    const harmless = Buffer.from('{}');
    request.raw.headers['content-type'] = 'application/json';
    return Object.assign(Readable.from([harmless]), { receivedEncodedLength: bytes.length });
  });
  fastify.addHook('preValidation', async (request) => {
    if ((request.raw as unknown as Record<symbol, unknown>)[BODY]) request.body = request.raw.body;
  });
}
