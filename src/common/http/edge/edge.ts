import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AuthError } from '../../errors/auth-error.js';
import { renderManagementError } from '../../errors/render-management-error.js';
import { renderOAuthError } from '../../errors/render-oauth-error.js';
import { AuthContext } from '../../ports/auth-context.js';
import { CORE_SETTINGS, type CoreSettings } from '../../options/core-options.js';
import { scopeExceptionLayer } from './adapter-hooks.js';
import { beforeSending, installFirst, keepBody, replayBodies, type FastifyLike } from './fastify-hooks.js';
import { ResponseCookies } from './answer-cookies.js';
import { PageWriter } from '../pages/page-writer.js';
import { AuthRoutes } from '../routes/auth-routes.js';
import { ClientAddress } from '../request/client-address.js';
import { ClientCertificates } from '../request/client-certificates.js';
import { Cors } from './cors.js';
import { bytesOf, foreignBody, isReadAlready, type ForeignBody, type ReadByOthers } from '../request/foreign-body.js';
import { IssuerNotice } from './issuer-notice.js';
import { writeReplies } from './replies.js';
import {
  bodyKind,
  checkEncoding,
  MAX_BODY_BYTES,
  parseBody,
  parseForm,
  tooLarge,
  unsupported,
  type BodyKind,
} from '../request/request-body.js';
import { findContext, setContext, type EdgeContext } from '../request/request-context.js';

type Next = (error?: unknown) => void;
/** We set `req.body` on Express; body-parser then finds the stream finished and does nothing. */
type EdgeRequest = ReadByOthers & { originalUrl?: string };

/**
 * First middleware of the application, installed on the adapter itself before the host's parsers. It opens the request's context and, on
 * our paths, reads the body itself: strictly, with a size limit, and whatever parsers and limits the host has configured. A fault that it
 * finds is kept in the context and thrown by the guard of our controllers, so that the host's security headers, CSRF check and CORS come
 * first and one filter renders it. Only an oversized body is refused here, since it is not read to its end.
 */
@Injectable()
export class AuthEdge {
  private readonly issuer: IssuerNotice;

  constructor(
    adapterHost: HttpAdapterHost,
    private readonly routes: AuthRoutes,
    private readonly addresses: ClientAddress,
    private readonly certificates: ClientCertificates,
    private readonly cors: Cors,
    private readonly pages: PageWriter,
    @Inject(CORE_SETTINGS) settings: CoreSettings,
  ) {
    this.issuer = new IssuerNotice(settings);
    // Emits once, even when the adapter was there before: in `Test.createTestingModule` it is created after the providers.
    adapterHost.init$.subscribe(() => this.install(adapterHost.httpAdapter));
  }

  private install(adapter: HttpAdapterHost['httpAdapter'] | null): void {
    // No adapter: an application context without HTTP, such as a worker or a command line.
    if (!adapter) return;
    this.routes.mounted.watch(adapter);
    installFirst(
      adapter,
      (request, response, next) => this.handle(request as EdgeRequest, response, next),
      (request) => findContext(request)?.cookies !== undefined,
    );
    scopeExceptionLayer(adapter, (request) => this.open(request));
    writeReplies(adapter, this.pages);
    if (adapter.getType() !== 'fastify') return;
    const fastify = adapter.getInstance<FastifyLike>();
    replayBodies(fastify);
    beforeSending(fastify, (request, response) => this.cors.attend(this.open(request), request, response));
  }

  /** The context of the request, created on first use. */
  private open(request: EdgeRequest): EdgeContext {
    const known = findContext(request);
    if (known) return known;
    this.addresses.notice(request);
    this.certificates.strip(request);
    const [path, query] = splitUrl(request.originalUrl ?? request.url ?? '/');
    const match = this.routes.match(path);
    if (match) this.issuer.notice(request);
    const requestContext: EdgeContext = {
      headers: (request as { upgrade?: boolean }).upgrade === true ? ofSocket(request.headers) : request.headers,
      request,
      address: () => this.addresses.of(request),
      certificate: () => this.certificates.of(request),
      language: () => this.pages.languageOf(requestContext),
      principal: null,
      ours: match !== null,
      route: match?.route ?? '',
      fault: match && (match.exact ? faultOf(() => parseForm(query)) : AuthError.notFound()),
    };
    setContext(request, requestContext);
    return requestContext;
  }

  private handle(request: EdgeRequest, response: ServerResponse, next: Next): void {
    const requestContext = this.open(request);
    requestContext.cookies = new ResponseCookies(response);
    if (!requestContext.ours) return void AuthContext.run(requestContext, next);
    // Started before the body is read, without waiting for the decision: the client may disconnect while we wait.
    const cors = this.cors.attend(requestContext, request, response);
    if (!hasBody(request)) {
      // Clients send a media type with an empty POST; Fastify would refuse it.
      delete request.headers['content-type'];
      return cors
        ? void cors.then(() => AuthContext.run(requestContext, next))
        : void AuthContext.run(requestContext, next);
    }
    this.readBody(request, response, requestContext)
      .then(() => cors)
      .then(
        () => AuthContext.run(requestContext, next),
        (error: unknown) => AuthContext.run(requestContext, () => next(error)),
      );
  }

  private async readBody(request: EdgeRequest, response: ServerResponse, requestContext: EdgeContext): Promise<void> {
    const kind = bodyKind(request.headers['content-type']);
    requestContext.bodyKind = kind;
    if (kind === 'other') {
      // Not read: a route of the host below our prefix may want the stream.
      requestContext.fault ??= unsupported('Send application/json or application/x-www-form-urlencoded');
      return;
    }
    if (isReadAlready(request)) return this.takeOver(request, response, requestContext, kind);
    const bytes = await readBytes(request);
    if (!bytes) return this.refuseLarge(response, requestContext);
    this.parse(request, requestContext, kind, bytes);
  }

  private parse(request: EdgeRequest, requestContext: EdgeContext, kind: BodyKind, bytes: Buffer): void {
    keepBody(request, bytes);
    request.body = {};
    requestContext.fault ??= faultOf(() => {
      checkEncoding(request.headers['content-type'], request.headers['content-encoding']);
      request.body = parseBody(kind, bytes);
    });
  }

  /** The stream was read before us: by a parser on the host's own Express, or by a functions platform. */
  private async takeOver(
    request: EdgeRequest,
    response: ServerResponse,
    requestContext: EdgeContext,
    kind: BodyKind,
  ): Promise<void> {
    const length = bytesOf(request)?.length ?? Number(request.headers['content-length'] ?? 0);
    if (length > MAX_BODY_BYTES) return this.refuseLarge(response, requestContext);
    let found: ForeignBody | undefined;
    requestContext.fault ??= faultOf(() => (found = foreignBody(request, kind)));
    if (found && 'bytes' in found) return this.parse(request, requestContext, kind, found.bytes);
    // Sent in chunks, or inflated by the parser: then Content-Length does not tell the size.
    if (found && Buffer.byteLength(JSON.stringify(found.parsed)) > MAX_BODY_BYTES)
      return this.refuseLarge(response, requestContext);
    keepBody(request, Buffer.alloc(0));
    request.body = found?.parsed ?? {};
  }

  private async refuseLarge(response: ServerResponse, requestContext: EdgeContext): Promise<void> {
    await requestContext.cors;
    const rendered =
      this.routes.shapeOf(requestContext.route) === 'management'
        ? renderManagementError(tooLarge())
        : renderOAuthError(tooLarge());
    const body = JSON.stringify(rendered.body);
    response.writeHead(rendered.status, {
      ...rendered.headers,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(body),
      Connection: 'close',
    });
    response.end(body);
    // Never settles: nothing may run after this reply.
    await new Promise(() => undefined);
  }
}

/**
 * Without the cookie: pages of any origin can open sockets, and browsers send it with them. A copy, since what the client sends over its
 * socket may be written into the headers later (Mercurius).
 */
function ofSocket({ cookie: _unchecked, ...headers }: IncomingMessage['headers']): IncomingMessage['headers'] {
  return headers;
}

function splitUrl(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

function hasBody(request: EdgeRequest): boolean {
  const length = request.headers['content-length'];
  // Functions platforms do not pass on every header.
  if (length === undefined && request.rawBody !== undefined && bytesOf(request)?.length) return true;
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function faultOf(check: () => unknown): AuthError | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof AuthError) return error;
    throw error;
  }
}

/** @returns null when the body is larger than allowed; the rest is not buffered */
function readBytes(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return Promise.resolve(null);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) return void chunks.push(chunk);
      request.removeAllListeners('data').pause();
      resolve(null);
    });
    // The client has disconnected: not our fault, and there is nobody to answer.
    const aborted = () => reject(AuthError.badRequest('BAD_REQUEST', 'The request was aborted'));
    if (request.destroyed) return aborted();
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', aborted);
    // Emitted after a complete body too: no error is made then, since its stack costs more than reading the body.
    request.on('close', () => request.readableEnded || aborted());
  });
}
