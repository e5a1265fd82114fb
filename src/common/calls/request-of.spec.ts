import { ExecutionContextHost } from '@nestjs/core/internal';
import type { IncomingMessage } from 'node:http';
import { contextOf, setContext, type EdgeContext, type GuardedRequest } from '../http/request/request-context.js';
import { AuthContext } from '../ports/auth-context.js';
import { requestOf } from './request-of.js';

/** A request that has come in through the edge. */
function arrived(): GuardedRequest {
  const request = { headers: {} } as GuardedRequest;
  setContext(request as unknown as IncomingMessage, {} as EdgeContext);
  return request;
}

function executionContext(type: string, args: unknown[]): ExecutionContextHost {
  const context = new ExecutionContextHost(args as never);
  context.setType(type);
  return context;
}

describe('the request behind a call', () => {
  it('finds the request of HTTP and of GraphQL', () => {
    const request = arrived();
    expect(requestOf(executionContext('http', [request]))).toBe(request);
    expect(requestOf(executionContext('graphql', [{}, {}, { req: request }, {}]))).toBe(request);
    const wrapped = { headers: {}, raw: request } as unknown as GuardedRequest;
    expect(requestOf(executionContext('http', [wrapped]))).toBe(wrapped);
  });

  it('finds that of a reference of a federated type, which has no arguments', () => {
    const request = arrived();
    expect(requestOf(executionContext('graphql', [{}, { req: request }, {}]))).toBe(request);
  });

  it('F01: where a context of GraphQL holds requests of several callers, the one that runs counts, as long as it runs, or none', () => {
    const [own, other] = [arrived(), arrived()];
    const shared = (...requests: unknown[]) =>
      executionContext('graphql', [{}, {}, { req: requests[0], reply: { request: requests[1] } }, {}]);
    AuthContext.run(contextOf(own), () => {
      expect(requestOf(shared(other, own))).toBe(own);
      expect(requestOf(shared(own, other))).toBe(own);
      // Another caller has replaced it between guard and handler.
      expect(requestOf(shared(other, other))).toBe(own);
    });
    AuthContext.run(contextOf(arrived()), () => {
      expect(requestOf(shared(other, own))).toBeNull();
    });
  });

  it.each(['http', 'graphql', 'rpc', 'ws', 'rmq', 'telegraf'])(
    'F01: takes no message for a request in the context %s, whatever its members',
    (type) => {
      const forged = { auth: { kind: 'user' }, headers: {}, raw: { headers: {} }, url: '/', req: { headers: {} } };
      for (const message of [forged, { headers: {} }, { raw: 'x' }, 'text', 7, null, undefined, []])
        expect(requestOf(executionContext(type, [message, message, message, message]))).toBeNull();
    },
  );

  it('F01: a context of messages has none, also when a request has been put into the message', () => {
    const request = arrived();
    for (const type of ['rpc', 'ws'])
      expect(requestOf(executionContext(type, [request, request, { req: request }]))).toBeNull();
  });
});
