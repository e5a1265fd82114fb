import { Catch, Injectable, Logger, Optional, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthError } from '../../errors/auth-error.js';
import { FaultLog } from '../../errors/fault-log.js';
import { renderChallenge, withChallenge } from '../../errors/render-challenge.js';
import { renderManagementError } from '../../errors/render-management-error.js';
import { renderOAuthError } from '../../errors/render-oauth-error.js';
import type { RenderedError } from '../../errors/rendered-error.js';
import { AuthContext } from '../../ports/auth-context.js';
import { AuthRoutes } from '../routes/auth-routes.js';
import { pageOfError } from '../pages/error-page.js';
import { PageWriter } from '../pages/page-writer.js';
import { refuseOperation } from './graphql-refusal.js';
import { normaliseError } from './normalise-error.js';
import { refuseMessage } from './refuse-message.js';
import { refuseSocket } from './socket-refusal.js';
import { messageRequest } from '../../calls/message-request.js';
import { wantsPage } from '../request/wants-json.js';
import { contextOf, type EdgeContext, type GuardedRequest } from '../request/request-context.js';

/**
 * What the filter catches: an AuthError anywhere, and any error on a path of ours. Nest selects filters by `instanceof` alone, before any
 * of them runs: a catch-all that rethrows foreign errors would keep them from the host's own filters.
 */
class OurFault {
  static [Symbol.hasInstance](error: unknown): boolean {
    const requestContext = AuthContext.requestContext as EdgeContext | undefined;
    return error instanceof AuthError || requestContext?.ours === true;
  }
}

/**
 * The only exception filter. The host's own errors are left to the host's filters.
 *
 * @example
 * const providers = [{ provide: APP_FILTER, useExisting: AuthErrorFilter }]; // also renders every AuthError of your routes
 */
@Injectable()
@Catch(OurFault)
export class AuthErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('AuthError');
  private readonly faults = new FaultLog();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    // Optional: a resource server has neither routes nor pages of ours, and a unit test compiles without any of it.
    @Optional() private readonly routes?: AuthRoutes,
    @Optional() private readonly pages?: PageWriter,
  ) {}

  /** Replies to HTTP requests, messages and sockets. For resolvers, and in contexts that we do not know, it throws, for their library to answer. */
  catch(exception: unknown, host: ArgumentsHost): unknown {
    const type = host.getType<string>();
    if (type === 'rpc') return this.answerMessage(exception, host.getArgs<unknown[]>());
    if (type === 'ws') {
      const error = normaliseError(exception);
      this.log(error, exception);
      return refuseSocket(error, host.getArgs());
    }
    if (type === 'graphql') {
      const error = normaliseError(exception);
      this.log(error, exception);
      throw refuseOperation(error);
    }
    if (type !== 'http') throw exception;
    this.answer(
      exception,
      host.switchToHttp().getRequest<GuardedRequest>(),
      host.switchToHttp().getResponse<unknown>(),
    );
    return undefined;
  }

  /** The same for routes that are mounted on the adapter itself, where Nest's filters do not run. */
  answer(exception: unknown, request: GuardedRequest, response: unknown): void {
    const error = normaliseError(exception);
    const requestContext = contextOf(request);
    this.log(error, exception);
    requestContext.rendered = true;
    this.write(response, this.render(error, requestContext));
  }

  private answerMessage(exception: unknown, args: readonly unknown[]): unknown {
    const error = normaliseError(exception);
    this.log(error, exception);
    const request = messageRequest(args);
    return refuseMessage(error, args, renderForClients(error, request ? contextOf(request) : {}));
  }

  private render(error: AuthError, requestContext: EdgeContext): RenderedError | RenderedError<string> {
    // RFC 9110 15.5.2 requires the challenge with every 401, whatever its body is.
    if (this.pages && (requestContext.rendersPage || isLost(error, requestContext))) {
      const { headers, body, status = error.status } = this.pages.write(pageOfError(error), requestContext);
      const rendered = { status, headers, body };
      return requestContext.challenge ? withChallenge(rendered, error, requestContext.challenge) : rendered;
    }
    if (requestContext.ours && this.routes?.shapeOf(requestContext.route) === 'oauth') {
      const rendered = renderOAuthError(error);
      return requestContext.challenge ? withChallenge(rendered, error, requestContext.challenge) : rendered;
    }
    const rendered = renderForClients(error, requestContext);
    if (requestContext.toStrangers && error.code === 'UNAUTHORIZED')
      Object.assign(rendered.body, requestContext.toStrangers);
    return rendered;
  }

  private write(response: unknown, rendered: RenderedError | RenderedError<string>): void {
    const adapter = this.adapterHost.httpAdapter;
    if (adapter.isHeadersSent(response)) return;
    for (const [name, value] of Object.entries(rendered.headers)) adapter.setHeader(response, name, value as string);
    adapter.reply(response, rendered.body, rendered.status);
  }

  /** For refusals that no handler has thrown too. */
  log(error: AuthError, exception: unknown): void {
    const line = `${error.status} ${error.code}: ${error.detail ?? error.description}`;
    // A refused client does not learn why; the operator of the client asks us, so the reason is in the log.
    if (error.error === 'invalid_client') return this.logger.warn(line);
    // 501 is an execution context that we do not serve; the guard has already warned once.
    if (error.status < 500 || error.status === 501) return this.logger.debug(line);
    const stack = this.faults.stackOf(error.cause ?? exception);
    this.logger.error(line, stack);
  }
}

function renderForClients(error: AuthError, { challenge }: Pick<EdgeContext, 'challenge'>): RenderedError {
  return challenge ? renderChallenge(error, challenge) : renderManagementError(error);
}

/** A browser at an address of ours that there is not, or not for a navigation. Routes that are there say themselves for whom they are. */
function isLost({ status }: AuthError, { ours, served, headers }: EdgeContext): boolean {
  return ours && (status === 405 || (status === 404 && !served)) && wantsPage(headers);
}
