import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthError } from '../../errors/auth-error.js';
import type { Caller } from '../../ports/caller.js';
import { AuthErrorFilter } from './auth-error.filter.js';
import { AuthRoutes } from '../routes/auth-routes.js';
import { Cors, PUBLIC_DOCUMENT } from './cors.js';
import { takesAlready } from '../routes/takes-already.js';
import type { ErrorShape } from '../routes/describe-route.js';
import { header } from '../request/headers.js';
import { checkOrigin } from '../origins/origin-check.js';
import { redirectTo, type HttpReply } from '../request/reply.js';
import { parseForm, unsupported } from '../request/request-body.js';
import { callerOf, contextOf, type GuardedRequest } from '../request/request-context.js';
import { TrustedOrigins } from '../origins/trusted-origins.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Makes one public document. @param ifNoneMatch `If-None-Match` of the request */
export type DocumentProducer = (ifNoneMatch: string | undefined, request: GuardedRequest) => Promise<HttpReply>;

export interface RootPageRequest {
  readonly caller: Caller;
  /** From the query, or from the form that was sent. */
  readonly fields: Readonly<Record<string, string | undefined>>;
}

/** A page with a form that is sent to the page's own address. */
export interface RootPage {
  show(request: RootPageRequest): Promise<HttpReply>;
  /** Called only for forms from a trusted origin. */
  submit(request: RootPageRequest): Promise<HttpReply>;
}

interface RootRoute {
  readonly get: (request: GuardedRequest) => Promise<HttpReply>;
  readonly post?: (request: GuardedRequest) => Promise<HttpReply>;
  /** Whether errors are shown as a page. */
  readonly rendersPage?: boolean;
}

/**
 * Documents and pages at the application's root: fixed ones, such as those under `/.well-known/`, and those that options choose. They are
 * mounted on the adapter itself, so that no global prefix or versioning of the host moves them, and after the host's security headers.
 */
@Injectable()
export class RootRoutes {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly routes: AuthRoutes,
    private readonly filter: AuthErrorFilter,
    private readonly cors: Cors,
    private readonly origins: TrustedOrigins,
  ) {}

  /**
   * A document that any origin may read. Call it from `onModuleInit`: Nest mounts its 404 after that.
   * @param path absolute, without pattern characters
   */
  serveDocument(path: string, shape: ErrorShape, produce: DocumentProducer): void {
    this.routes.claim(path, shape);
    this.cors.open(path, PUBLIC_DOCUMENT);
    this.mount(path, { get: (request) => produce(header(request.headers, 'if-none-match'), request) });
  }

  /** Call it from `onModuleInit`: Nest mounts its 404 after that. @param path absolute, without pattern characters */
  servePage(path: string, page: RootPage): void {
    this.routes.claim(path, 'management', { below: false });
    this.mount(path, {
      get: async (request) => page.show(shownTo(request)),
      post: async (request) => page.submit(await this.sentBy(request)),
      rendersPage: true,
    });
  }

  /**
   * Sends browsers on to a page of ours (RFC 9110 15.4.3). Call it from `onModuleInit`, as above.
   * @param urlOf asked at each request: before the start nobody knows where our routes are
   */
  serveRedirect(path: string, urlOf: () => string): void {
    this.routes.claim(path, 'management', { below: false });
    this.mount(path, { get: async () => redirectTo(urlOf()).withStatus(302), rendersPage: true });
  }

  private mount(path: string, route: RootRoute): void {
    const adapter = this.adapterHost.httpAdapter;
    if (!adapter) return;
    const allowed = route.post ? 'GET, HEAD, POST' : 'GET, HEAD';
    for (const method of METHODS) {
      if (takesAlready(adapter, method, path)) continue;
      const make = method === 'get' || method === 'post' ? route[method] : undefined;
      adapter[method](path, (request: GuardedRequest, response: unknown) => {
        const refuse = (error: unknown) => this.filter.answer(error, request, response);
        if (!make) return refuse(AuthError.methodNotAllowed(allowed));
        // Returns undefined: Fastify would take a promise for a reply.
        this.answer(request, response, make, route).catch(refuse);
      });
    }
  }

  private async answer(
    request: GuardedRequest,
    response: unknown,
    make: RootRoute['get'],
    { rendersPage = false }: RootRoute,
  ): Promise<void> {
    const requestContext = contextOf(request);
    requestContext.served = true;
    requestContext.rendersPage = rendersPage;
    if (requestContext.fault) throw requestContext.fault;
    // Express also matches other spellings of the path.
    if (rendersPage && !requestContext.ours) throw AuthError.notFound();
    this.adapterHost.httpAdapter.reply(response, await make(request), 200);
  }

  private async sentBy(request: GuardedRequest): Promise<RootPageRequest> {
    await checkOrigin('POST', request.headers, this.origins);
    if (contextOf(request).bodyKind !== 'form') throw unsupported('Send the form');
    return { caller: callerOf(request), fields: fieldsOf(request.body) };
  }
}

function shownTo(request: GuardedRequest): RootPageRequest {
  const query = (request.originalUrl ?? request.url ?? '').split('?').slice(1).join('?');
  return { caller: callerOf(request), fields: fieldsOf(parseForm(query)) };
}

/** @throws AuthError 400 `invalid_request` for a repeated field */
function fieldsOf(parsed: unknown): Record<string, string> {
  const fields = (parsed ?? {}) as Record<string, string | string[]>;
  const repeated = Object.values(fields).some((value) => typeof value !== 'string');
  if (repeated) throw AuthError.invalidRequest('A parameter is repeated');
  return fields as Record<string, string>;
}
