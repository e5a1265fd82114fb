/** `Metadata` of @grpc/grpc-js, which only hosts with gRPC have: it is known by its shape. */
export interface GrpcMetadata {
  get(name: string): unknown[];
  /** Each name with its first value. */
  getMap(): Record<string, unknown>;
  add(name: string, value: string): void;
}

export interface GrpcServerCall {
  readonly metadata?: unknown;
  emit?(event: 'error', error: object): unknown;
  getPeer?(): string;
}

export interface GrpcCall {
  readonly metadata: GrpcMetadata;
  /** Made by grpc-js for this one call. */
  readonly call: GrpcServerCall;
  /** Of a handler that answers by itself (`@GrpcStreamCall`): Nest does not send what its filters return. */
  readonly answersItself: boolean;
  /** Ends such a call when only the client streams. */
  readonly callback?: (error: object) => void;
}

/** @returns null for messages of other transports. A message is data: it has no functions, so it cannot look like a call. */
export function grpcCallOf([first, second, third]: readonly unknown[]): GrpcCall | null {
  if (isMetadata(second)) return { metadata: second, call: isObject(third) ? third : second, answersItself: false };
  if (!isObject(first) || !('metadata' in first) || !isMetadata(first.metadata)) return null;
  if (typeof second === 'function') {
    return { metadata: first.metadata, call: first, answersItself: true, callback: second as (error: object) => void };
  }
  return second === undefined ? { metadata: first.metadata, call: first, answersItself: true } : null;
}

/** The address of the peer, without its port; undefined where grpc-js cannot tell. */
export function peerOf({ call }: GrpcCall): string | undefined {
  const peer = typeof call.getPeer === 'function' ? call.getPeer() : undefined;
  return typeof peer === 'string' ? peer.replace(/:\d+$/, '') : undefined;
}

function isMetadata(candidate: unknown): candidate is GrpcMetadata {
  if (!isObject(candidate)) return false;
  const { get, getMap, add } = candidate as Partial<GrpcMetadata>;
  return typeof get === 'function' && typeof getMap === 'function' && typeof add === 'function';
}

function isObject(candidate: unknown): candidate is object {
  return typeof candidate === 'object' && candidate !== null;
}
