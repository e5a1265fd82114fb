import type { ExecutionContext } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { AuthError } from '../errors/auth-error.js';
import type { ChallengeContext } from '../errors/render-challenge.js';
import type { RequestScope } from '../host/auth-context.js';
import type { Client } from '../host/authorization-server.js';
import type { HostUser } from '../host/user-directory.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';
import type { HeaderBag } from './headers.js';
import type { BodyKind } from './request-body.js';

/** A request of either adapter: Express gives Node's own, Fastify wraps it as `raw`. */
export interface GuardedRequest {
  headers: HeaderBag;
  rawHeaders?: string[];
  raw?: IncomingMessage;
  url?: string;
  originalUrl?: string;
  method?: string;
  /** The pattern that matched, on Express. */
  route?: { path?: unknown };
  /** The same on Fastify. */
  routeOptions?: { url?: unknown };
  ip?: string;
  socket?: { remoteAddress?: string };
  /** The frozen principal. */
  auth?: AuthPrincipal;
  user?: unknown;
}

/** Reads who is behind a principal, when somebody asks. */
export interface PrincipalLoaders {
  readonly user: (subjectId: string) => Promise<HostUser | null>;
  readonly client: (clientId: string) => Promise<Client | null>;
}

/** What this project remembers of one request, from the edge to the filter. */
export interface EdgeScope extends RequestScope {
  readonly headers: HeaderBag;
  /** Node's own, on either adapter. */
  readonly request?: IncomingMessage;
  /** The path belongs to this project's routes. */
  ours: boolean;
  /** The path, relative to the route prefix; only when ours. */
  route: string;
  /** What the edge found wrong before routing; thrown by the guard of our controllers. */
  fault: AuthError | null;
  /** Settled when it is known which CORS headers the answer bears; absent where they are the host's affair. */
  cors?: Promise<void>;
  /** A controller of this project serves the request; set by its first guard. */
  served?: boolean;
  /** The route is for people: its errors are pages. Set by the first guard of our controllers. */
  rendersPage?: boolean;
  /** How the body was written; absent without a body. */
  bodyKind?: BodyKind;
  /** Set by the auth guard: what the route accepts. */
  challenge?: ChallengeContext;
  /** Set by the auth guard. */
  load?: PrincipalLoaders;
  /** The policy that has been enforced on this request. */
  guardedBy?: object;
}

/** The request a guard or a decorator is about; in GraphQL it is in the third argument. */
export function requestOf(context: ExecutionContext): GuardedRequest {
  if (context.getType<string>() === 'graphql') return context.getArgByIndex<{ req: GuardedRequest }>(2).req;
  return context.switchToHttp().getRequest<GuardedRequest>();
}

const SCOPE = Symbol('nest-authority:scope');

/** The scope of a request; made on the spot when the edge did not run (other transports, guards called by hand). */
export function scopeOf(request: GuardedRequest): EdgeScope {
  const carrier = (request.raw ?? request) as unknown as Record<symbol, EdgeScope | undefined>;
  carrier[SCOPE] ??= {
    headers: request.headers,
    request: (request.raw ?? request) as IncomingMessage,
    address: () => null,
    principal: null,
    ours: false,
    route: '',
    fault: null,
  };
  return carrier[SCOPE];
}

/** The scope that the edge has opened, if it has. */
export function findScope(request: IncomingMessage): EdgeScope | undefined {
  return (request as unknown as Record<symbol, EdgeScope | undefined>)[SCOPE];
}

export function setScope(request: IncomingMessage, scope: EdgeScope): void {
  (request as unknown as Record<symbol, EdgeScope>)[SCOPE] = scope;
}
