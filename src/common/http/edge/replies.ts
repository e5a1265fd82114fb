import type { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageWriter } from '../pages/page-writer.js';
import { HttpReply } from '../request/reply.js';
import { findContext } from '../request/request-context.js';

type Adapter = HttpAdapterHost['httpAdapter'];
/** Express's response is Node's own; Fastify's wraps the request. */
type AdapterResponse = ServerResponse & { readonly request?: { readonly raw: IncomingMessage } };
type Reply = (response: AdapterResponse, body: unknown, status?: number) => unknown;

const EXPOSE_HEADERS = 'Access-Control-Expose-Headers';
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Writes what our controllers return, with the headers and cookies of an HttpReply, on either adapter. Such replies are never cached,
 * unless they say so. Not an interceptor: for the first one Nest makes half a dozen observables per request.
 */
export function writeReplies(adapter: Adapter, pages: PageWriter): void {
  const passOn = adapter.reply.bind(adapter) as Reply;
  const send = adapter.getType() === 'express' ? sendingPlainly(passOn) : passOn;
  adapter.reply = (response: AdapterResponse, value: unknown, status?: number) => {
    const requestContext = findContext(response.request?.raw ?? response.req);
    if (!requestContext?.served) return passOn(response, value, status);
    if (requestContext.rendered) return send(response, value, status);
    adapter.setHeader(response, 'Cache-Control', 'no-store');
    if (!(value instanceof HttpReply)) return send(response, value, status);
    const reply = pages.finish(value, requestContext);
    return send(response, writeHeaders(adapter, response, reply), reply.status ?? status);
  };
}

/** @returns the body to send */
function writeHeaders(adapter: Adapter, response: AdapterResponse, reply: HttpReply): unknown {
  for (const [name, text] of Object.entries(reply.headers)) adapter.setHeader(response, name, text);
  if (reply.exposed.length > 0) expose(adapter, response, reply.exposed);
  for (const line of reply.cookies) adapter.appendHeader(response, 'Set-Cookie', line);
  // RFC 9110 15.4.5: a 304 has no content.
  if (reply.status === 304) return undefined;
  if (reply.body !== null) return reply.body;
  // Both adapters send a bare null as an empty body; clients expect JSON.
  adapter.setHeader(response, 'Content-Type', JSON_TYPE);
  return 'null';
}

function expose(adapter: Adapter, response: AdapterResponse, names: readonly string[]): void {
  const before = String(adapter.getHeader(response, EXPOSE_HEADERS) ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  adapter.setHeader(response, EXPOSE_HEADERS, [...new Set([...before, ...names])].join(', '));
}

/**
 * Express would hash each body for an ETag, and format it by the host's JSON settings: none of it is for replies that are not cached and
 * whose shape a standard fixes.
 */
function sendingPlainly(passOn: Reply): Reply {
  return (response, body, status) => {
    const isTyped = response.hasHeader('Content-Type');
    const isText = typeof body === 'string' && isTyped;
    if (!isText && (typeof body !== 'object' || body === null)) return passOn(response, body, status);
    if (status !== undefined) response.statusCode = status;
    const text = isText ? body : JSON.stringify(body);
    if (!isTyped) response.setHeader('Content-Type', JSON_TYPE);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    return response.end(text);
  };
}
