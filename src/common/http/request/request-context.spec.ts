import type { IncomingMessage } from 'node:http';
import { callerOf, contextOf, setContext, type EdgeContext, type GuardedRequest } from './request-context.js';

describe('request context', () => {
  it('is one per request, whichever of its two objects asks, and writes nothing into it', () => {
    const raw = { headers: {} };
    const wrapped = { headers: {}, raw } as unknown as GuardedRequest;
    expect(contextOf(wrapped)).toBe(contextOf(raw as GuardedRequest));
    const other = { headers: {} } as GuardedRequest;
    expect(contextOf(other)).not.toBe(contextOf(wrapped));
    expect(contextOf(other)).toMatchObject({ ours: false, principal: null, fault: null });
    expect(Reflect.ownKeys(raw)).toEqual(['headers']);
  });

  it('tells who sends the request, with as much of the user agent as a row takes', () => {
    const request = { headers: { 'user-agent': 'x'.repeat(1_000), cookie: 'a=b' } } as unknown as GuardedRequest;
    setContext(request as unknown as IncomingMessage, { address: () => '192.0.2.1' } as EdgeContext);
    expect(callerOf(request)).toEqual({
      headers: request.headers,
      address: '192.0.2.1',
      userAgent: 'x'.repeat(512),
    });
    expect(callerOf({ headers: {} })).toEqual({ headers: {}, address: null, userAgent: null });
  });
});
