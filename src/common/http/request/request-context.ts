import type { IncomingMessage } from 'node:http';
import type { AuthError } from '../../errors/auth-error.js';
import type { ChallengeContext } from '../../errors/render-challenge.js';
import type { AnswerCookies, RequestContext } from '../../ports/auth-context.js';
import type { PrincipalLoaders } from '../../ports/loaders.js';
import type { AuthPrincipal } from '../../principal/auth-principal.js';
import type { Caller } from '../../ports/caller.js';
import { ContextOf } from './context-of.js';
import { header, type HeaderBag } from './headers.js';
import type { BodyKind } from './request-body.js';

/** A request of either adapter: Express passes Node's own, Fastify wraps it as `raw`. */
export interface GuardedRequest {
  headers: HeaderBag;
  rawHeaders?: string[];
  raw?: IncomingMessage;
  url?: string;
  originalUrl?: string;
  method?: string;
  /** As the edge has parsed it. */
  body?: unknown;
  /** The pattern that matched, on Express. */
  route?: { path?: unknown };
  /** The same on Fastify. */
  routeOptions?: { url?: unknown };
  ip?: string;
  socket?: { remoteAddress?: string };
}

/** The principal that the auth guard found for one policy that it enforced. A list, since nearly every request has one. */
export interface Admission {
  readonly policy: object;
  /** Null: let in without a credential. */
  readonly principal: AuthPrincipal | null;
  readonly before: Admission | undefined;
}

/** A connection that stays open while calls come over it, such as the socket of subscriptions. */
export interface OpenConnection {
  /** The request that opened it, as it arrived. */
  readonly opened: GuardedRequest;
  readonly isOpen: boolean;
  /** The credential that is watched for each policy: one watch, however many calls there are. */
  readonly kept: Map<object, string>;
  onClosed(listener: () => void): void;
  /** Tells the client why, in the words of its protocol, and closes. */
  close(reason: AuthError): void;
}

/** What this project knows of one request, from the edge to the filter. */
export interface EdgeContext extends RequestContext {
  headers: HeaderBag;
  /** Of a call over a connection, set by the guard, which has what tells. */
  address: () => string | null;
  /** Node's own, on either adapter. */
  readonly request?: IncomingMessage;
  /** Of a message on a socket: who sent it, and the request that we made for it. */
  readonly call?: { readonly client: object; readonly request: GuardedRequest };
  /** Set by the edge, which has the response. */
  cookies?: AnswerCookies;
  /** The path belongs to this project's routes. */
  ours: boolean;
  /** The path, relative to the route prefix; only when ours. */
  route: string;
  /** A fault that the edge found before routing; thrown by the guard of our controllers. */
  fault: AuthError | null;
  /** Settles when the CORS headers are decided; absent where CORS is left to the host. */
  cors?: Promise<void>;
  /** A controller of this project handles the request; set by its first guard. */
  served?: boolean;
  /** The reply has all its headers: an error, or a document at the root. */
  rendered?: boolean;
  /** The route is for people: its errors are pages. Set by the first guard of our controllers. */
  rendersPage?: boolean;
  /** Replaces `UNAUTHORIZED` and its text. Set by the first guard of our controllers. */
  toStrangers?: { readonly code: string; readonly message: string } | undefined;
  /** The format of the body; absent without a body. */
  bodyKind?: BodyKind;
  /** False: the transport has brought nothing that could hold a credential, which a caller without one is told. */
  readonly hasCarrier?: boolean;
  /** Set by the auth guard: what the route accepts. */
  challenge?: ChallengeContext;
  /** Set by the auth guard. */
  load?: PrincipalLoaders;
  /** The call came over a connection that is still open when it ends. */
  readonly connection?: OpenConnection;
  /** Whom the auth guard has let in, the last first. */
  admitted?: Admission;
}

/** The length of the columns. */
const MAX_USER_AGENT_LENGTH = 512;

/** The context of a request that an adapter has passed to us; created here when the edge did not run. */
export function contextOf(request: GuardedRequest): EdgeContext {
  const known = ContextOf.find(carrierOf(request));
  if (known) return known;
  const requestContext: EdgeContext = {
    headers: request.headers,
    request: (request.raw ?? request) as IncomingMessage,
    address: () => null,
    principal: null,
    ours: false,
    route: '',
    fault: null,
  };
  setContext(carrierOf(request), requestContext);
  return requestContext;
}

export function callerOf(request: GuardedRequest): Caller {
  const { headers } = request;
  const userAgent = header(headers, 'user-agent')?.slice(0, MAX_USER_AGENT_LENGTH) ?? null;
  return { headers, address: contextOf(request).address(), userAgent };
}

/** Whether the request came in through our edge, or was made by us for a call that is none. */
export function isKnown(request: GuardedRequest): boolean {
  return ContextOf.find(carrierOf(request)) !== undefined;
}

/** The context that the edge has opened, if any. */
export function findContext(request: object): EdgeContext | undefined {
  return ContextOf.find(request);
}

export function setContext(request: object, requestContext: EdgeContext): void {
  ContextOf.put(request, requestContext);
}

function carrierOf(request: GuardedRequest): object {
  const { raw } = request;
  return typeof raw === 'object' && raw !== null ? raw : request;
}
