import { Injectable, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { AuthContext } from '../../ports/auth-context.js';
import { ClientCertificates } from '../request/client-certificates.js';
import { findContext, setContext, type EdgeContext } from '../request/request-context.js';
import { beforeSending, installFirst, type FastifyLike } from './fastify-hooks.js';
import { OpenDocuments } from './open-documents.js';

/**
 * The first middleware of an application that has no routes of ours: opens the request's context, so that the guard knows the request
 * for one that came in by HTTP (F01), and `AuthContext` works below it. It reads no body, and adds headers to our documents alone.
 */
@Injectable()
export class ContextEdge {
  constructor(
    adapterHost: HttpAdapterHost,
    private readonly documents: OpenDocuments,
    @Optional() private readonly certificates?: ClientCertificates,
  ) {
    adapterHost.init$.subscribe(() => this.install(adapterHost.httpAdapter));
  }

  private install(adapter: HttpAdapterHost['httpAdapter'] | null): void {
    // No adapter: an application context without HTTP, such as a worker.
    if (!adapter) return;
    installFirst(
      adapter,
      (request, response, next) => {
        this.documents.attend(request, response);
        AuthContext.run(this.opened(request), next);
      },
      (request) => findContext(request) !== undefined,
    );
    if (adapter.getType() !== 'fastify') return;
    beforeSending(adapter.getInstance<FastifyLike>(), (request, response) => {
      this.documents.attend(request, response);
      return undefined;
    });
  }

  private opened(request: IncomingMessage): EdgeContext {
    const known = findContext(request);
    if (known) return known;
    this.certificates?.strip(request);
    const requestContext: EdgeContext = {
      headers: request.headers,
      request,
      // No proxy is trusted: nothing here decides by the address.
      address: () => request.socket.remoteAddress ?? null,
      certificate: () => this.certificates?.of(request) ?? null,
      principal: null,
      ours: false,
      route: '',
      fault: null,
    };
    setContext(request, requestContext);
    return requestContext;
  }
}
