/** What a caller is told in place of an HTTP status. */
export interface TransportCode {
  /** GraphQL's `extensions.code`. */
  readonly name: string;
  /** The status of gRPC (google.rpc.Code). */
  readonly grpc: number;
}

export const TRANSPORT_CODES: Readonly<Record<number, TransportCode>> = {
  400: { name: 'BAD_REQUEST', grpc: 3 },
  401: { name: 'UNAUTHENTICATED', grpc: 16 },
  403: { name: 'FORBIDDEN', grpc: 7 },
  404: { name: 'NOT_FOUND', grpc: 5 },
  409: { name: 'CONFLICT', grpc: 10 },
  429: { name: 'TOO_MANY_REQUESTS', grpc: 8 },
  500: { name: 'INTERNAL_SERVER_ERROR', grpc: 13 },
  501: { name: 'NOT_IMPLEMENTED', grpc: 12 },
  503: { name: 'SERVICE_UNAVAILABLE', grpc: 14 },
};

/** One table for all transports; a status that is not in it counts as 400 or 500. */
export function transportCodeOf(status: number): TransportCode {
  return TRANSPORT_CODES[status] ?? TRANSPORT_CODES[status < 500 ? 400 : 500]!;
}
