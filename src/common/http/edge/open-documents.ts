import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DOCUMENT_CACHE_CONTROL, type ResourceDocuments } from '../../resources/resource-documents.js';
import { header } from '../request/headers.js';
import type { GuardedRequest } from '../request/request-context.js';
import { takesAlready } from '../routes/takes-already.js';
import { beforeHeaders, writeCors } from './cors-headers.js';

const METHODS = 'GET, HEAD';

/** The documents of protected resources of an application that has no routes of ours: at its root, for any origin (RFC 9728 3). */
@Injectable()
export class OpenDocuments {
  private readonly paths = new Set<string>();
  private readonly attended = new WeakSet<ServerResponse>();

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Call it from `onModuleInit`: Nest mounts its 404 after that. */
  serve(documents: ResourceDocuments): void {
    const adapter = this.adapterHost.httpAdapter;
    // No adapter: an application context without HTTP, such as a worker.
    if (!adapter) return;
    for (const path of documents.paths) {
      this.paths.add(path);
      if (takesAlready(adapter, 'GET', path)) continue;
      adapter.get(path, ({ headers, originalUrl, url = '' }: GuardedRequest, response: unknown) => {
        const found = documents.find({ host: header(headers, 'host'), url: originalUrl ?? url });
        adapter.setHeader(response, 'Cache-Control', DOCUMENT_CACHE_CONTROL);
        adapter.reply(response, found, 200);
      });
      adapter.options(path, (_request: unknown, response: unknown) => {
        adapter.setHeader(response, 'Allow', `${METHODS}, OPTIONS`);
        adapter.reply(response, undefined, 204);
      });
    }
  }

  /** Makes sure that a document goes out with our CORS headers, whoever answers a preflight. */
  attend(request: IncomingMessage & { readonly originalUrl?: string }, response: ServerResponse): void {
    const path = (request.originalUrl ?? request.url ?? '').split('?', 1)[0]!;
    if (!this.paths.has(path) || this.attended.has(response)) return;
    this.attended.add(response);
    beforeHeaders(response, () =>
      writeCors(response, {
        asker: header(request.headers, 'origin') ?? null,
        allowed: '*',
        isTrusted: false,
        isPreflight: request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined,
        methods: METHODS,
      }),
    );
  }
}
