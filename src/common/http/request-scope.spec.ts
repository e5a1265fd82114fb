import { ExecutionContextHost } from '@nestjs/core/internal';
import { requestOf, scopeOf, type GuardedRequest } from './request-scope.js';

const request = { headers: {} } as GuardedRequest;

describe('request scope', () => {
  it('finds the request of HTTP and of GraphQL', () => {
    expect(requestOf(new ExecutionContextHost([request]))).toBe(request);
    const graphql = new ExecutionContextHost([{}, {}, { req: request }, {}]);
    graphql.setType('graphql');
    expect(requestOf(graphql)).toBe(request);
  });

  it('is one per request, whichever of its two objects asks', () => {
    const raw = { headers: {} };
    const wrapped = { headers: {}, raw } as unknown as GuardedRequest;
    expect(scopeOf(wrapped)).toBe(scopeOf(raw as GuardedRequest));
    expect(scopeOf(request)).not.toBe(scopeOf(wrapped));
    expect(scopeOf(request)).toMatchObject({ ours: false, principal: null, fault: null });
  });
});
