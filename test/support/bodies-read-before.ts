import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { basic, WEB } from './oauth.js';
import { send, type Answer } from './http.js';

type Read = IncomingMessage & { rawBody?: unknown; body?: unknown };

/** Puts on the request what a reader of its body keeps. */
export type Keep = (request: Read, bytes: Buffer) => void;

/** As functions platforms do: reads the body, keeps some of it, and passes the request to the application. */
export async function platform(application: RequestListener, keep: Keep): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    void buffer(request).then((bytes) => {
      keep(request, bytes);
      application(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

/** The parsed body by its content type, as the parsers of platforms do it. */
export function parsed(request: IncomingMessage, bytes: Buffer): unknown {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('application/json')) return JSON.parse(bytes.toString());
  if (!type.startsWith('application/x-www-form-urlencoded')) return {};
  const form: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(bytes.toString())) {
    const before = form[name];
    form[name] = before === undefined ? value : [before, value].flat();
  }
  return form;
}

let count = 0;

/** Bodies of both kinds are accepted, and what our own parsers refuse is refused. */
export async function expectBodies(url: string): Promise<void> {
  const email = `read-${Date.now()}-${++count}@example.com`;
  const person = { email, password: 'correct horse battery staple', name: 'Ädä' };
  const signedUp = await send(`${url}/api/auth/sign-up/email`, { body: person });
  expect([signedUp.status, signedUp.body.user?.name]).toEqual([200, 'Ädä']);
  expect((await introspect(url, 'token=x')).body).toEqual({ active: false });
  const repeated = await introspect(url, 'token=x&token=y');
  expect([repeated.status, repeated.body.error]).toEqual([400, 'invalid_request']);
  const list = await send(`${url}/api/auth/sign-in/email`, { body: ['x'] });
  expect([list.status, list.body.code]).toEqual([400, 'BODY_MUST_BE_AN_OBJECT']);
  const replaced = await send(`${url}/api/auth/sign-in/email`, {
    body: { email: 'a\uFFFD@example.com', password: 'x' },
  });
  expect(replaced.status).toBe(400);
  const large = await send(`${url}/api/auth/sign-in/email`, { body: { email: 'x'.repeat(70_000) } });
  expect(large.status).toBe(413);
  // The application keeps serving, and a request without a body has none.
  expect((await send(`${url}/api/auth/get-session`)).status).toBe(200);
  expect((await send(`${url}/api/auth/sign-out`, { method: 'POST', bearer: signedUp.body.token })).status).toBe(200);
}

export function introspect(url: string, body: string): Promise<Answer> {
  return send(`${url}/api/auth/oauth2/introspect`, {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...basic('web', WEB.clientSecret!),
    },
  });
}

/** 500 with a code of its own, quickly and for both kinds. */
export async function expectTold(url: string, kinds: readonly ('json' | 'form')[]): Promise<void> {
  for (const kind of kinds) {
    const answer =
      kind === 'form'
        ? await introspect(url, 'token=x')
        : await send(`${url}/api/auth/sign-in/email`, { body: { email: 'a@example.com', password: 'x' } });
    expect([kind, answer.status, answer.body.code ?? answer.body.error]).toEqual([
      kind,
      500,
      kind === 'form' ? 'server_error' : 'BODY_ALREADY_READ',
    ]);
  }
}
