/** What GraphQL servers call a status (`extensions.code`), and the status code of gRPC for it. */
export interface StatusName {
  readonly name: string;
  readonly grpc: number;
}

/** Statuses that have a name of their own outside HTTP. */
export const STATUS_NAMES: Readonly<Record<number, StatusName>> = {
  400: { name: 'BAD_REQUEST', grpc: 3 },
  401: { name: 'UNAUTHENTICATED', grpc: 16 },
  403: { name: 'FORBIDDEN', grpc: 7 },
  429: { name: 'TOO_MANY_REQUESTS', grpc: 8 },
  500: { name: 'INTERNAL_SERVER_ERROR', grpc: 13 },
  503: { name: 'SERVICE_UNAVAILABLE', grpc: 14 },
};
