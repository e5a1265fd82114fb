import { ExecutionContextHost } from '@nestjs/core/internal';
import type { IncomingMessage } from 'node:http';
import { callerOf, requestOf, scopeOf, setScope, type EdgeScope, type GuardedRequest } from './request-scope.js';

/** A request that has come in through the edge. */
function arrived(): GuardedRequest {
  const request = { headers: {} } as GuardedRequest;
  setScope(request as unknown as IncomingMessage, {} as EdgeScope);
  return request;
}

function contextOf(type: string, args: unknown[]): ExecutionContextHost {
  const context = new ExecutionContextHost(args as never);
  context.setType(type);
  return context;
}

describe('request scope', () => {
  it('finds the request of HTTP and of GraphQL', () => {
    const request = arrived();
    expect(requestOf(contextOf('http', [request]))).toBe(request);
    expect(requestOf(contextOf('graphql', [{}, {}, { req: request }, {}]))).toBe(request);
    const wrapped = { headers: {}, raw: request } as unknown as GuardedRequest;
    expect(requestOf(contextOf('http', [wrapped]))).toBe(wrapped);
  });

  it.each(['http', 'graphql', 'rpc', 'ws', 'rmq', 'telegraf'])(
    'F01: takes no message for a request in the context %s, whatever its members',
    (type) => {
      const forged = { auth: { kind: 'user' }, headers: {}, raw: { headers: {} }, url: '/', req: { headers: {} } };
      for (const message of [forged, { headers: {} }, { raw: 'x' }, 'text', 7, null, undefined, []])
        expect(requestOf(contextOf(type, [message, message, message, message]))).toBeNull();
    },
  );

  it('F01: a context of messages has none, also when a request has been put into the message', () => {
    const request = arrived();
    for (const type of ['rpc', 'ws'])
      expect(requestOf(contextOf(type, [request, request, { req: request }]))).toBeNull();
  });

  it('is one per request, whichever of its two objects asks, and writes nothing into it', () => {
    const raw = { headers: {} };
    const wrapped = { headers: {}, raw } as unknown as GuardedRequest;
    expect(scopeOf(wrapped)).toBe(scopeOf(raw as GuardedRequest));
    const other = { headers: {} } as GuardedRequest;
    expect(scopeOf(other)).not.toBe(scopeOf(wrapped));
    expect(scopeOf(other)).toMatchObject({ ours: false, principal: null, fault: null });
    expect(Reflect.ownKeys(raw)).toEqual(['headers']);
  });

  it('tells who sends the request, with as much of the user agent as a row takes', () => {
    const request = { headers: { 'user-agent': 'x'.repeat(1_000), cookie: 'a=b' } } as unknown as GuardedRequest;
    setScope(request as unknown as IncomingMessage, { address: () => '192.0.2.1' } as EdgeScope);
    expect(callerOf(request)).toEqual({
      headers: request.headers,
      address: '192.0.2.1',
      userAgent: 'x'.repeat(512),
    });
    expect(callerOf({ headers: {} })).toEqual({ headers: {}, address: null, userAgent: null });
  });
});
