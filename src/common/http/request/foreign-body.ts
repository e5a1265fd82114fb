import type { IncomingMessage } from 'node:http';
import { AuthError } from '../../errors/auth-error.js';
import { checkJson, type BodyKind } from './request-body.js';

/** What parsers and platforms in front of us leave: functions platforms (Firebase) keep the bytes as `rawBody`, parsers set `body`. */
export type ReadByOthers = IncomingMessage & { rawBody?: unknown; body?: unknown };

/** The body of a request whose stream was read before us. */
export type ForeignBody = { readonly bytes: Buffer } | { readonly parsed: Record<string, unknown> };

/**
 * Whether the stream was read to its end before us. It has not ended when the client disconnected. Some functions platforms (Azure) pass an
 * object that is not a stream and will never give a byte.
 */
export function isReadAlready(request: ReadByOthers): boolean {
  if (typeof request.readableEnded !== 'boolean') return true;
  return request.readableEnded || (request.readableDidRead && bytesOf(request) !== null);
}

/** The bytes that a reader before us has kept. */
export function bytesOf({ rawBody, body }: ReadByOthers): Buffer | null {
  for (const kept of [rawBody, body]) {
    if (kept instanceof Uint8Array) return Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength);
    if (typeof kept === 'string') return Buffer.from(kept);
  }
  return null;
}

/**
 * What is left of a body that was read before us: its bytes, else what a parser of that content type made of them. Repeated names are
 * visible only where the parser kept them as a list.
 * @throws AuthError 400 for what our own parsers refuse, 500 `BODY_ALREADY_READ` when nothing is left
 */
export function foreignBody(request: ReadByOthers, kind: BodyKind): ForeignBody {
  const bytes = bytesOf(request);
  if (bytes) return { bytes };
  const { body } = request;
  if (typeof body !== 'object' || body === null || isPlaceholder(body, request, kind)) throw alreadyRead(kind);
  const parsed = checkJson(body);
  if (kind === 'form' && !Object.values(parsed).every(isFormValue))
    throw AuthError.invalidRequest('The form cannot be read');
  return { parsed };
}

/** Parsers also set an empty object when they do not know the content type. That is not a body, unless `{}` is what was sent. */
function isPlaceholder(body: object, request: ReadByOthers, kind: BodyKind): boolean {
  if (Array.isArray(body) || Object.keys(body).length > 0) return false;
  return kind === 'form' || Number(request.headers['content-length'] ?? 2) !== 2;
}

function isFormValue(value: unknown): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));
}

function alreadyRead(kind: BodyKind): AuthError {
  return new AuthError({
    status: 500,
    code: 'BODY_ALREADY_READ',
    error: 'server_error',
    description: 'The body of the request was read before it reached this server',
    detail: `something in front of the auth routes (a body parser, a hook, a functions platform) has read the ${kind} body and left neither its bytes (request.rawBody) nor what it holds (request.body). Install it behind Nest, leave the auth routes out, or let it keep rawBody`,
  });
}
