import type { IncomingMessage } from 'node:http';
import { setContext, type GuardedRequest } from '../http/request/request-context.js';
import type { HandedOn } from './graphql-context.js';
import { openConnection } from './open-connection.js';
import { presentedFields } from './socket-fields.js';

interface Operation {
  readonly upgrade: IncomingMessage;
  readonly request: GuardedRequest;
}

/** By the context that all resolvers of an operation share. */
const operations = new WeakMap<object, Operation>();

/**
 * The request of an operation over a socket: a subscription, or a query where the host serves them there too. Each has one of its own, so
 * that its credential is verified when it begins, and counted once.
 * @returns null when the operation did not come over a socket
 */
export function requestOfSubscription(
  shared: object,
  { upgrade, connectionParams, socket }: HandedOn,
): GuardedRequest | null {
  if (!upgrade) return null;
  const known = operations.get(shared);
  // A host may share one context among sockets.
  if (known?.upgrade === upgrade) return known.request;
  const connection = openConnection(upgrade, socket);
  const { headers, rawHeaders } = presentedFields(connection.opened.headers, connectionParams);
  const request: GuardedRequest = { headers, rawHeaders };
  const { cookie: _unchecked, ...withoutCookie } = headers;
  setContext(request, {
    // The cookie comes in once the origin is found to be trusted: pages of other sites can open sockets, and browsers send it with them.
    headers: withoutCookie,
    request: upgrade,
    address: () => null,
    principal: null,
    ours: false,
    route: '',
    fault: null,
    connection,
  });
  operations.set(shared, { upgrade, request });
  return request;
}
