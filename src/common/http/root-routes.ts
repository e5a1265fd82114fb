import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthError } from '../errors/auth-error.js';
import { AuthErrorFilter } from './auth-error.filter.js';
import { AuthRoutes } from './auth-routes.js';
import { Cors, PUBLIC_DOCUMENT } from './cors.js';
import type { ErrorShape } from './describe-route.js';
import { header } from './headers.js';
import type { HttpReply } from './reply.js';
import { scopeOf, type GuardedRequest } from './request-scope.js';

const READ_METHODS = 'GET, HEAD';

/** Makes one public document. @param ifNoneMatch the `If-None-Match` of the request */
export type DocumentProducer = (ifNoneMatch: string | undefined) => Promise<HttpReply>;

/**
 * Public documents at fixed addresses of the application's root, such as those under `/.well-known/`. They are mounted on the adapter
 * itself, so that no global prefix and no versioning of the host moves them, and they come after the host's security headers. Any origin may read them.
 */
@Injectable()
export class RootRoutes {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly routes: AuthRoutes,
    private readonly filter: AuthErrorFilter,
    private readonly cors: Cors,
  ) {}

  /** To be called from `onModuleInit`: Nest mounts its 404 after that. @param path absolute, without pattern characters */
  serve(path: string, shape: ErrorShape, produce: DocumentProducer): void {
    const adapter = this.adapterHost.httpAdapter;
    if (!adapter) return;
    this.routes.claim(path, shape);
    this.cors.open(path, PUBLIC_DOCUMENT);
    adapter.get(path, (request: GuardedRequest, response: unknown) => this.answer(request, response, produce));
    const refuse = (request: GuardedRequest, response: unknown) =>
      this.filter.answer(AuthError.methodNotAllowed(READ_METHODS), request, response);
    for (const method of ['post', 'put', 'patch', 'delete'] as const) adapter[method](path, refuse);
  }

  /** Returns nothing: a promise would be an answer to Fastify. */
  private answer(request: GuardedRequest, response: unknown, produce: DocumentProducer): void {
    this.write(request, response, produce).catch((error: unknown) => this.filter.answer(error, request, response));
  }

  private async write(request: GuardedRequest, response: unknown, produce: DocumentProducer): Promise<void> {
    const scope = scopeOf(request);
    scope.served = true;
    if (scope.fault) throw scope.fault;
    const reply = await produce(header(request.headers, 'if-none-match'));
    const adapter = this.adapterHost.httpAdapter;
    for (const [name, value] of Object.entries(reply.headers)) adapter.setHeader(response, name, value);
    adapter.reply(response, reply.status === 304 ? undefined : reply.body, reply.status ?? 200);
  }
}
