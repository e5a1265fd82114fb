import { of, throwError, type Observable } from 'rxjs';
import type { GrpcCall, GrpcMetadata } from '../../calls/grpc-call.js';
import type { AuthError } from '../../errors/auth-error.js';
import type { RenderedError } from '../../errors/rendered-error.js';
import { transportCodeOf } from '../../errors/transport-codes.js';

/** The headers that mean the same as trailing metadata. */
const TRAILERS = ['WWW-Authenticate', 'Retry-After'] as const;

/** Ends the call with the status, and the challenge in its trailing metadata (RFC 9110 11.6.1). */
export function refuseGrpcCall(error: AuthError, call: GrpcCall, { headers }: RenderedError): Observable<unknown> {
  const status = {
    code: transportCodeOf(error.status).grpc,
    message: error.description,
    details: error.description,
    metadata: trailersOf(call.metadata, headers),
  };
  if (!call.answersItself) return throwError(() => status);
  if (call.callback) call.callback(status);
  else call.call.emit?.('error', status);
  // Nest awaits a value, of which it sends nothing; an error would be nobody's.
  return of(undefined);
}

/** By the class of the metadata that came, so that gRPC need not be imported. */
function trailersOf({ constructor }: GrpcMetadata, headers: RenderedError['headers']): GrpcMetadata {
  const trailers = new (constructor as new () => GrpcMetadata)();
  for (const name of TRAILERS)
    for (const value of [headers[name] ?? []].flat()) trailers.add(name.toLowerCase(), value);
  return trailers;
}
