import { of, throwError, type Observable } from 'rxjs';
import { grpcCallOf } from '../../calls/grpc-call.js';
import { messageRequest } from '../../calls/message-request.js';
import type { AuthError } from '../../errors/auth-error.js';
import { renderException } from '../../errors/render-exception.js';
import type { RenderedError } from '../../errors/rendered-error.js';
import { refuseGrpcCall } from './refuse-grpc-call.js';

/**
 * What Nest sends to the sender of a message, as `RpcException` would have it. If it were thrown, the sender would get no reply.
 * @param args of the handler
 * @param rendered as the error would be over HTTP
 */
export function refuseMessage(
  error: AuthError,
  args: readonly unknown[],
  rendered: RenderedError,
): Observable<unknown> {
  const call = grpcCallOf(args);
  if (call) return refuseGrpcCall(error, call, rendered);
  // Nobody waits, and Kafka would hand out an event that fails again and again: only what may succeed later fails.
  if (error.status < 500 && messageRequest(args)?.expectsReply === false) return of(undefined);
  return throwError(() => renderException(error));
}
