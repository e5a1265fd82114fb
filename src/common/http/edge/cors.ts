import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AuthRoutes } from '../routes/auth-routes.js';
import { beforeHeaders, writeCors, type CorsDecision } from './cors-headers.js';
import { header } from '../request/headers.js';
import { normaliseError } from './normalise-error.js';
import { onlyMethodsOf } from '../routes/only-methods.decorator.js';
import { OPEN_TO, type ScriptsOf } from '../routes/open-to.decorator.js';
import type { EdgeContext } from '../request/request-context.js';
import { takesAlready } from '../routes/takes-already.js';
import { TrustedOrigins } from '../origins/trusted-origins.js';

/** Which scripts of other origins may call a route. */
export interface CorsPolicy {
  /** As in `Access-Control-Allow-Methods`, e.g. `GET, HEAD`. */
  readonly methods: string;
  /** `any`: a public document; `none`: not even a trusted one. A function is asked for each origin, as the browser spells it. */
  readonly origins: 'any' | 'none' | ((origin: string) => boolean | Promise<boolean>);
}

const PARAMETER = /\/:[^/]+$/;
const LAST_SEGMENT = /\/[^/]+$/;
const ANYTHING = '/*';

/** For documents that are public anyway: discovery, key sets. */
export const PUBLIC_DOCUMENT: CorsPolicy = Object.freeze({ methods: 'GET, HEAD', origins: 'any' });

/**
 * CORS of the routes that scripts of other origins are meant to call (Fetch 3.2). There our headers replace those of the host's own CORS,
 * which knows nothing of clients, when the headers are written. None of these routes trusts a cookie, and credentials are allowed only
 * where the host allows them to an origin that it also trusts (`trustedOrigins`). Other routes are left to the host.
 */
@Injectable()
export class Cors {
  private readonly policies = new Map<string, CorsPolicy>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly routes: AuthRoutes,
    private readonly origins: TrustedOrigins,
  ) {}

  /** Opens all routes that are marked for these scripts. Call it from `onModuleInit`: the router has the routes by then. */
  openTo(whom: ScriptsOf, origins: CorsPolicy['origins']): void {
    const theirs = this.routes.mounted.all.filter(({ handler }) => Reflect.getMetadata(OPEN_TO, handler) === whom);
    for (const pattern of new Set(theirs.map((route) => route.pattern))) {
      const routes = theirs.filter((route) => route.pattern === pattern);
      const { path, handler } = routes[0]!;
      const methods = onlyMethodsOf(handler)?.methods ?? routes.map(({ method }) => method).join(', ');
      this.open(path, { methods, origins });
    }
  }

  /** Call it from `onModuleInit`. @param path absolute; below the route prefix, or claimed; its last segment may be a `:parameter` */
  open(path: string, policy: CorsPolicy): void {
    const adapter = this.adapterHost.httpAdapter;
    const route = this.routes.match(path)?.route;
    if (!adapter || route === undefined) return;
    this.policies.set(route.replace(PARAMETER, ANYTHING), policy);
    if (policy.origins === 'none' || takesAlready(adapter, 'OPTIONS', path)) return;
    // If the host has CORS, it replies first; either way `attend` adds our headers.
    adapter.options(path, (_request: unknown, response: unknown) => {
      adapter.setHeader(response, 'Allow', `${policy.methods}, OPTIONS`);
      adapter.reply(response, undefined, 204);
    });
  }

  /**
   * Makes sure that the reply carries our headers, whoever writes it. Runs once per request and never rejects: an error while deciding
   * becomes the fault of the request context.
   * @returns undefined when there is nothing to wait for
   */
  attend(requestContext: EdgeContext, request: IncomingMessage, response: ServerResponse): Promise<void> | undefined {
    const policy = requestContext.ours ? this.policyOf(requestContext.route) : undefined;
    const origin = header(request.headers, 'origin');
    if (!policy || requestContext.cors || (origin === undefined && typeof policy.origins === 'function'))
      return requestContext.cors;
    const decision: CorsDecision = {
      asker: origin ?? null,
      allowed: policy.origins === 'any' ? '*' : null,
      isTrusted: false,
      isPreflight: request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined,
      methods: policy.methods,
    };
    beforeHeaders(response, () => writeCors(response, decision));
    requestContext.cors = this.decide(policy, decision, requestContext);
    return requestContext.cors;
  }

  private policyOf(route: string): CorsPolicy | undefined {
    return this.policies.get(route) ?? this.policies.get(route.replace(LAST_SEGMENT, ANYTHING));
  }

  private async decide(policy: CorsPolicy, decision: CorsDecision, requestContext: EdgeContext): Promise<void> {
    const { asker } = decision;
    if (asker === null || policy.origins === 'none') return;
    try {
      decision.isTrusted = await this.origins.trusts(asker, requestContext);
      if (policy.origins === 'any') return;
      if (decision.isTrusted || (await policy.origins(asker))) decision.allowed = asker;
    } catch (error) {
      requestContext.fault ??= normaliseError(error);
    }
  }
}
