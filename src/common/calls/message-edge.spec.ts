import { ExecutionContextHost } from '@nestjs/core/internal';
import { TcpContext } from '@nestjs/microservices';
import { defer, firstValueFrom, of, type Observable } from 'rxjs';
import type { HeaderBag } from '../http/request/headers.js';
import { AuthContext } from '../ports/auth-context.js';
import { MessageEdge } from './message-edge.js';
import { requestOf } from './request-of.js';

type Handler = ((...args: unknown[]) => unknown) & { next?: Handler; isEventHandler?: boolean };

/** A server, as `addHandler` of Nest's keeps handlers. */
function serverBehindEdge() {
  const handlers: Handler[] = [];
  const server = { addHandler: (_pattern: unknown, handler: Handler) => void handlers.push(handler) };
  new MessageEdge(
    { getRpcTargetRegistry: <T>() => of(server) as unknown as Observable<T> },
    { credentialField: 'authorization', address: () => null },
  );
  return { server, handlers };
}

/** What the guard would read, later in the call. */
async function authorizationOf(args: unknown[]): Promise<unknown> {
  await new Promise((resolve) => setImmediate(resolve));
  const context = new ExecutionContextHost(args as never);
  context.setType('rpc');
  return requestOf(context)?.headers['authorization'];
}

describe('the edge of messages', () => {
  it('F01: a call has its own request, also where a transport passes one object with every message', async () => {
    const { server, handlers } = serverBehindEdge();
    server.addHandler('p', (...args) => authorizationOf(args));
    const shared = new TcpContext([{}, 'p'] as never);
    const call = (authorization?: string) => handlers[0]!({ authorization }, shared);
    expect(await Promise.all([call('Bearer a'), call(), call('Bearer b')])).toEqual([
      'Bearer a',
      undefined,
      'Bearer b',
    ]);
  });

  it('runs the handler, and what it returns, in the context of the call', async () => {
    const { server, handlers } = serverBehindEdge();
    const seen = () => (AuthContext.requestContext?.headers as HeaderBag | undefined)?.['authorization'];
    server.addHandler('p', async () => defer(async () => seen()));
    const message = [{ authorization: 'Bearer a' }, new TcpContext([{}, 'p'] as never)];
    expect(await firstValueFrom((await handlers[0]!(...message)) as Observable<unknown>)).toBe('Bearer a');
    expect(seen()).toBeUndefined();
  });

  it('leaves a handler what Nest has written on it, and writes to it what Nest writes', () => {
    const { server, handlers } = serverBehindEdge();
    const handler: Handler = () => 'answer';
    server.addHandler('p', handler);
    handlers[0]!.isEventHandler = true;
    expect(handler.isEventHandler).toBe(true);
    expect(handlers[0]!('a message without a context')).toBe('answer');
  });
});
