import { throwError, type Observable } from 'rxjs';
import type { AuthError } from '../../errors/auth-error.js';

/**
 * The error that Nest sends to the sender of a message, as `RpcException` would have it. If it were thrown, the sender would get no reply.
 */
export function refuseMessage(error: AuthError): Observable<never> {
  return throwError(() => payloadOf(error));
}

function payloadOf(error: AuthError) {
  return { status: 'error', code: error.code, message: error.description };
}
