import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthContext } from '../../ports/auth-context.js';
import { contextOf, findContext } from '../request/request-context.js';
import { installFirst } from './fastify-hooks.js';

/** What is left of `AuthEdge` in an application without routes of ours: opens the context of each request, and reads nothing. */
@Injectable()
export class ContextEdge {
  constructor(adapterHost: HttpAdapterHost) {
    adapterHost.init$.subscribe(() => {
      // No adapter: a microservice, or an application context without HTTP.
      if (!adapterHost.httpAdapter) return;
      installFirst(
        adapterHost.httpAdapter,
        (request, _response, next) => void AuthContext.run(contextOf(request), next),
        (request) => findContext(request) !== undefined,
      );
    });
  }
}
