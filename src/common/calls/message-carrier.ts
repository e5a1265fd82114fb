import { grpcCallOf, peerOf } from './grpc-call.js';

export type Fields = Iterable<readonly [name: string, value: unknown]>;

/** What a transport tells of one message, beside the message. */
export interface MessageCarrier {
  /** The transport's own object for this message: its sender cannot choose which. */
  readonly key: object;
  /** Header fields, as the transport has them: any spelling, any value. */
  readonly fields: () => Fields;
  /** Whether the transport has header fields, on this message or on another. Without: only a field of the message can hold a credential. */
  readonly hasHeaders: boolean;
  /** Whether this message came with header fields. */
  readonly isFilled: boolean;
  /** Address of the sender; unknown behind a broker. */
  readonly peer?: string | undefined;
  /** False where nobody waits for an answer, and the broker would send a message that fails once more. */
  readonly expectsReply: boolean;
}

/** The contexts of Nest's transports, by their methods: none of them is a dependency of ours. */
interface RpcContext {
  getArgs(): unknown;
  /** NATS: `MsgHdrs`. */
  getHeaders?(): unknown;
  /** TCP and Redis: what the dispatch hook of the client has put beside the data. */
  getMetadata?(): unknown;
  /** TCP. */
  getSocketRef?(): { netSocket?: { remoteAddress?: string } } | undefined;
  /** MQTT 5. */
  getPacket?(): { properties?: { userProperties?: unknown } } | undefined;
  /** Kafka and RabbitMQ. */
  getMessage?(): { headers?: unknown; properties?: { headers?: unknown } } | undefined;
}

/** @returns null when the arguments of the handler hold no context of a transport; a message is data, and has no functions */
export function carrierOf(args: readonly unknown[]): MessageCarrier | null {
  const grpc = grpcCallOf(args);
  if (grpc) {
    const { metadata, call } = grpc;
    const fields = () => Object.keys(metadata.getMap()).map((name) => [name, metadata.get(name)] as const);
    return { key: call, fields, hasHeaders: true, isFilled: true, peer: peerOf(grpc), expectsReply: true };
  }
  const context = args[1];
  if (!isContext(context)) return null;
  const found = headersOf(context);
  return {
    key: context,
    fields: () => fieldsOf(found.headers),
    hasHeaders: found.always,
    isFilled: isObject(found.headers),
    peer: addressOf(context),
    expectsReply: found.expectsReply ?? true,
  };
}

/** `always`: the transport has headers of its own, so a field of the message is not asked for. */
function headersOf(context: RpcContext): { headers: unknown; always: boolean; expectsReply?: boolean } {
  if (context.getHeaders) return { headers: context.getHeaders(), always: true };
  if (context.getMetadata) return { headers: context.getMetadata(), always: false };
  if (context.getPacket) return { headers: context.getPacket()?.properties?.userProperties, always: false };
  if (!context.getMessage) return { headers: undefined, always: false };
  const { properties, headers } = context.getMessage() ?? {};
  if (properties) return { headers: properties.headers, always: true };
  const { kafka_replyTopic: topic, kafka_correlationId: id } = (headers ?? {}) as Record<string, unknown>;
  return { headers, always: true, expectsReply: Boolean(topic && id) };
}

function fieldsOf(headers: unknown): Fields {
  // A list is a sender's: it has the methods of NATS, and no names.
  if (!isObject(headers) || Array.isArray(headers)) return [];
  const { keys, values } = headers as { keys?: unknown; values?: unknown };
  if (typeof keys !== 'function' || typeof values !== 'function') return Object.entries(headers);
  const { keys: names, values: valuesOf } = headers as { keys(): Iterable<string>; values(name: string): unknown };
  return [...names.call(headers)].map((name) => [name, valuesOf.call(headers, name)] as const);
}

function addressOf(context: RpcContext): string | undefined {
  return context.getSocketRef?.()?.netSocket?.remoteAddress;
}

function isContext(candidate: unknown): candidate is RpcContext {
  if (!isObject(candidate)) return false;
  const { getArgs, getArgByIndex } = candidate as { getArgs?: unknown; getArgByIndex?: unknown };
  return typeof getArgs === 'function' && typeof getArgByIndex === 'function';
}

function isObject(candidate: unknown): candidate is object {
  return typeof candidate === 'object' && candidate !== null;
}
