import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>;

export interface Upstream {
  readonly origin: string;
  /** Requests by path, in order, with their bodies. */
  readonly requests: { path: string; body: string; authorization: string | undefined }[];
  /** The reply to the next requests to a path. */
  on(path: string, handler: Handler): void;
  /** An ID token signed with the key of the published set, or with another one. */
  sign(claims: Record<string, unknown>, options?: { forged?: boolean }): Promise<string>;
  close(): Promise<void>;
}

/** A provider that misbehaves as told: metadata, token endpoint, userinfo and key set on a plain server on 127.0.0.1. */
export async function startUpstream(): Promise<Upstream> {
  const handlers = new Map<string, Handler>();
  const requests: Upstream['requests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const path = request.url!.split('?', 1)[0]!;
      requests.push({ path, body, authorization: request.headers.authorization });
      const handler = handlers.get(path);
      if (!handler) return response.writeHead(404).end();
      void Promise.resolve(handler(request, response, body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [key, forged] = [rsa(), rsa()];
  handlers.set('/.well-known/openid-configuration', (_request, response) => json(response, metadataOf(origin)));
  handlers.set('/jwks', (_request, response) =>
    json(response, { keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] }),
  );
  return {
    origin,
    requests,
    on: (path, handler) => void handlers.set(path, handler),
    sign: (claims, options) => signed(claims, options?.forged ? forged.privateKey : key.privateKey),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function metadataOf(origin: string): Record<string, unknown> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    userinfo_endpoint: `${origin}/userinfo`,
    jwks_uri: `${origin}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  };
}

function rsa(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signed(claims: Record<string, unknown>, key: KeyObject): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key);
}
