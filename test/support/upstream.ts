import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a token endpoint saw. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

/** How it replies: a status with a JSON body, or any bytes. */
export type Behaviour =
  | { status?: number; headers?: Record<string, string>; body: unknown }
  | ((request: SeenRequest, response: ServerResponse) => void | Promise<void>);

export interface Upstream {
  readonly origin: string;
  readonly seen: SeenRequest[];
  /** Sets the reply from now on. */
  answer(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** The answer of a working token endpoint, with a token of its own. */
export function tokenBody(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  const token = `upstream-token-${Math.random().toString(36).slice(2)}`;
  return { access_token: token, token_type: 'Bearer', expires_in: 3600, ...overrides };
}

/** Gives that answer, with a new token each time. */
export function granted(overrides: Record<string, unknown> = {}): Behaviour {
  return (_, response) => void response.end(JSON.stringify(tokenBody(overrides)));
}

/** A server that can be told to misbehave, for faults that a real provider does not show on demand. */
export async function startUpstream(): Promise<Upstream> {
  const seen: SeenRequest[] = [];
  let behaviour: Behaviour = granted();
  const server = createServer(async (incoming, response) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    const request = { path: incoming.url ?? '', headers: incoming.headers, form: new URLSearchParams(text) };
    seen.push(request);
    if (typeof behaviour === 'function') return behaviour(request, response);
    const { status = 200, headers = {}, body } = behaviour;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    return response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (next) => void (behaviour = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
