import { IncomingMessage } from 'node:http';
import { isObject } from './is-object.js';

/** What a driver or a host's `context` function has put into the context of an operation. */
export interface HandedOn {
  /** Candidates: requests, or what looks like one. */
  readonly requests: readonly unknown[];
  /** Node's own request by which a socket was opened. It cannot be made of what somebody sends. */
  readonly upgrade: IncomingMessage | null;
  /** The payload of `connection_init`: data of the sender. */
  readonly connectionParams: unknown;
  /** The socket itself, where the library hands it on. */
  readonly socket: unknown;
}

/**
 * - Apollo: `req` is the request, or for a socket the context of graphql-ws, `{ extra: { request, socket }, connectionParams }`.
 * - Mercurius: `reply.request`; for a socket `request`, and the payload in `_connectionInit`.
 * - Hosts: any of these, and `extra` or `connectionParams` on their own.
 */
export function handedOn(shared: Readonly<Record<string, unknown>>): HandedOn {
  const { req, request, reply, extra, connectionParams, _connectionInit } = shared;
  const ofGraphqlWs = isObject(req) && isObject(req['extra']) ? req : undefined;
  const from = ofGraphqlWs?.['extra'] ?? extra;
  const opened = isObject(from) ? from : undefined;
  const requests = [req, request, isObject(reply) ? reply['request'] : undefined, opened?.['request']];
  return {
    requests,
    upgrade: requests.map(upgradeOf).find((one) => one !== null) ?? null,
    connectionParams: ofGraphqlWs?.['connectionParams'] ?? connectionParams ?? _connectionInit,
    socket: opened?.['socket'],
  };
}

function upgradeOf(candidate: unknown): IncomingMessage | null {
  const raw = isObject(candidate) && !(candidate instanceof IncomingMessage) ? candidate['raw'] : candidate;
  // Set by Node's parser.
  return raw instanceof IncomingMessage && (raw as { upgrade?: unknown }).upgrade === true ? raw : null;
}
