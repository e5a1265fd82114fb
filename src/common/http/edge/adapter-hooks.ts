import type { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { AuthContext } from '../../ports/auth-context.js';
import type { EdgeContext } from '../request/request-context.js';

type Adapter = HttpAdapterHost['httpAdapter'];
type OpenContext = (request: IncomingMessage) => EdgeContext;
type AdapterRequest = IncomingMessage & { raw?: IncomingMessage };
type Next = (error?: unknown) => void;

/**
 * Runs Nest's exception layer in the context of its request. Errors thrown before our middleware (CSRF protection on Fastify) have no
 * context yet, and the filter would take a path of ours for the host's.
 */
export function scopeExceptionLayer(adapter: Adapter, open: OpenContext): void {
  const setErrorHandler = adapter.setErrorHandler?.bind(adapter);
  const setNotFoundHandler = adapter.setNotFoundHandler?.bind(adapter);
  const inContext = (request: AdapterRequest, next: () => unknown) =>
    AuthContext.run(open(request.raw ?? request), next);
  if (setErrorHandler) {
    adapter.setErrorHandler = (handler, ...rest) =>
      setErrorHandler(
        // Express recognises an error handler by its four parameters.
        (error: unknown, request: AdapterRequest, response: unknown, next: Next) =>
          inContext(request, () => handler(error, request, response, next) as unknown),
        ...rest,
      );
  }
  if (setNotFoundHandler) {
    adapter.setNotFoundHandler = (handler, ...rest) =>
      setNotFoundHandler(
        (request: AdapterRequest, response: unknown, next: Next) =>
          inContext(request, () => handler(request, response, next) as unknown),
        ...rest,
      );
  }
}
