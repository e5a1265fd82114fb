import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthError } from '../errors/auth-error.js';
import { AuthErrorFilter } from './auth-error.filter.js';
import { AuthRoutes } from './auth-routes.js';
import type { HeaderBag } from './headers.js';
import { checkOrigin } from './origin-check.js';
import type { HttpReply } from './reply.js';
import { parseForm, unsupported } from './request-body.js';
import { scopeOf, type GuardedRequest } from './request-scope.js';
import { TrustedOrigins } from './trusted-origins.js';

const METHODS = 'GET, HEAD, POST';

export interface RootPageRequest {
  readonly headers: HeaderBag;
  /** Of the query, or of the form that was sent. */
  readonly fields: Readonly<Record<string, string | undefined>>;
  readonly address: string | null;
}

/** A page with a form on it that is sent to the page's own address. */
export interface RootPage {
  show(request: RootPageRequest): Promise<HttpReply>;
  /** The form comes from a trusted origin. */
  submit(request: RootPageRequest): Promise<HttpReply>;
}

/**
 * Pages at addresses of the application's root that options choose. Mounted on the adapter, as RootRoutes are: no global prefix and no
 * versioning of the host moves them. What goes wrong there is shown as a page.
 */
@Injectable()
export class RootPages {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly routes: AuthRoutes,
    private readonly filter: AuthErrorFilter,
    private readonly origins: TrustedOrigins,
  ) {}

  /** To be called from `onModuleInit`: Nest mounts its 404 after that. @param path absolute, without pattern characters */
  serve(path: string, page: RootPage): void {
    const adapter = this.adapterHost.httpAdapter;
    if (!adapter) return;
    this.routes.claim(path, 'management', { below: false });
    adapter.get(path, (request: GuardedRequest, response: unknown) =>
      this.answer(request, response, () => page.show(shownTo(request))),
    );
    adapter.post(path, (request: GuardedRequest, response: unknown) =>
      this.answer(request, response, async () => page.submit(await this.sentBy(request))),
    );
    const refuse = (request: GuardedRequest, response: unknown) =>
      this.filter.answer(AuthError.methodNotAllowed(METHODS), request, response);
    for (const method of ['put', 'patch', 'delete'] as const) adapter[method](path, refuse);
  }

  /** Returns nothing: a promise would be an answer to Fastify. */
  private answer(request: GuardedRequest, response: unknown, make: () => Promise<HttpReply>): void {
    this.write(request, response, make).catch((error: unknown) => this.filter.answer(error, request, response));
  }

  private async write(request: GuardedRequest, response: unknown, make: () => Promise<HttpReply>): Promise<void> {
    const scope = scopeOf(request);
    scope.served = true;
    scope.rendersPage = true;
    if (scope.fault) throw scope.fault;
    // Express finds the page by another spelling of its path as well.
    if (!scope.ours) throw AuthError.notFound();
    const reply = await make();
    const adapter = this.adapterHost.httpAdapter;
    for (const [name, value] of Object.entries(reply.headers)) adapter.setHeader(response, name, value);
    adapter.reply(response, reply.body, reply.status ?? 200);
  }

  private async sentBy(request: GuardedRequest & { body?: unknown }): Promise<RootPageRequest> {
    const scope = scopeOf(request);
    await checkOrigin('POST', request.headers, this.origins);
    if (scope.bodyKind !== 'form') throw unsupported('Send the form');
    return { headers: request.headers, fields: fieldsOf(request.body), address: scope.address() };
  }
}

function shownTo(request: GuardedRequest): RootPageRequest {
  const query = (request.originalUrl ?? request.url ?? '').split('?').slice(1).join('?');
  return { headers: request.headers, fields: fieldsOf(parseForm(query)), address: scopeOf(request).address() };
}

/** @throws AuthError 400 `invalid_request` for a field that is repeated */
function fieldsOf(parsed: unknown): Record<string, string> {
  const fields = (parsed ?? {}) as Record<string, string | string[]>;
  const repeated = Object.values(fields).some((value) => typeof value !== 'string');
  if (repeated) throw AuthError.invalidRequest('A parameter is repeated');
  return fields as Record<string, string>;
}
