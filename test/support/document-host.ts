import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { issue, SERVER_AUTH } from './certificates.js';

/** How it answers a path: a document with headers of its own, or anything. */
export type DocumentAnswer =
  | { status?: number; headers?: Record<string, string>; body?: unknown }
  | ((incoming: IncomingMessage, response: ServerResponse) => unknown);

/** An https server whose certificate this process trusts, with names below `.localhost`, which lead to this machine. */
export interface DocumentHost {
  /** Its certificate, for other processes (NODE_EXTRA_CA_CERTS). */
  readonly pem: string;
  /** @param path with a slash */
  at(path: string, name?: string): string;
  /** Puts a document at its address, with the address as its `client_id`. @returns the address */
  put(path: string, document?: object, headers?: Record<string, string>, name?: string): string;
  answer(path: string, answer: DocumentAnswer): void;
  /** Requests per path. */
  readonly seen: string[];
  close(): Promise<void>;
}

export const DOCUMENT = {
  client_name: 'Example Client',
  redirect_uris: ['https://app.example/callback'],
};

const NAMES = ['client', 'other', 'evil', 'gone'] as const;

export async function startDocumentHost(): Promise<DocumentHost> {
  const dns = ['localhost', ...NAMES.map((name) => `${name}.localhost`)];
  const { pem, key } = issue({ names: { dns }, purposes: [SERVER_AUTH] });
  const distrust = trust(pem);
  const answers = new Map<string, DocumentAnswer>();
  const seen: string[] = [];
  const server = createServer({ cert: pem, key }, (incoming, response) => {
    const path = incoming.url ?? '';
    seen.push(path);
    const answer = answers.get(path) ?? { status: 404, body: {} };
    if (typeof answer === 'function') return void answer(incoming, response);
    const { status = 200, headers = {}, body } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    return void response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const at = (path: string, name = 'client') => `https://${name}.localhost:${port}${path}`;
  return {
    pem,
    at,
    put(path, document = DOCUMENT, headers = {}, name = 'client') {
      answers.set(path, { headers, body: { client_id: at(path, name), ...document } });
      return at(path, name);
    },
    answer: (path, answer) => void answers.set(path, answer),
    seen,
    close: () => {
      distrust();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Node reads NODE_EXTRA_CA_CERTS at its start only, and this certificate is made later. */
function trust(pem: string): () => void {
  const original = tls.createSecureContext;
  tls.createSecureContext = (options = {}) =>
    original(options.ca === undefined ? { ...options, ca: [...tls.rootCertificates, pem] } : options);
  return () => {
    tls.createSecureContext = original;
  };
}
