import { contextOf, setContext, type EdgeContext, type GuardedRequest } from '../http/request/request-context.js';
import type { CredentialField } from '../options/transport-options.js';
import { AuthContext } from '../ports/auth-context.js';
import { carrierOf, type Fields, type MessageCarrier } from './message-carrier.js';
import { readFields, type MessageHeaders } from './message-headers.js';

/** What only the application knows; the edge has it. */
export interface MessageSettings {
  readonly credentialField: CredentialField | null;
  readonly address: (request: GuardedRequest) => string | null;
}

const WITHOUT_EDGE: MessageSettings = { credentialField: null, address: () => null };

/** By the context that the edge has opened for the call; without an edge, by the transport's object. */
const requests = new WeakMap<object, MessageRequest>();

/** A message, as the guard sees it: the header fields of its transport. Read when they are asked for, since a field may be the host's to read. */
export class MessageRequest implements GuardedRequest {
  readonly socket: { remoteAddress?: string };
  /** False: whoever sent it does not wait for an answer. */
  expectsReply: boolean;
  private read: MessageHeaders | undefined;

  constructor(
    private readonly carrier: MessageCarrier,
    private readonly args: readonly unknown[],
    private readonly settings: MessageSettings,
  ) {
    this.socket = carrier.peer === undefined ? {} : { remoteAddress: carrier.peer };
    this.expectsReply = carrier.expectsReply;
    setContext(this, contextOfMessage(this, settings));
  }

  get key(): object {
    return this.carrier.key;
  }

  get headers(): MessageHeaders['headers'] {
    return this.fields.headers;
  }

  get rawHeaders(): string[] {
    return this.fields.rawHeaders;
  }

  /** Whether a credential could have come with it. */
  get hasCarrier(): boolean {
    return this.carrier.hasHeaders || this.carrier.isFilled || this.settings.credentialField !== null;
  }

  private get fields(): MessageHeaders {
    return (this.read ??= readFields([...this.carrier.fields(), ...this.ofMessage()]));
  }

  /** From where the host has said, and only where the transport has no headers. */
  private ofMessage(): Fields {
    const { credentialField } = this.settings;
    if (credentialField === null || this.carrier.hasHeaders) return [];
    const [data, context] = this.args;
    if (typeof credentialField === 'function') return Object.entries(credentialField(data, context) ?? {});
    if (typeof data !== 'object' || data === null || !Object.hasOwn(data, credentialField)) return [];
    return [['authorization', Reflect.get(data, credentialField)]];
  }
}

/**
 * The request behind a message: the one that the edge has opened for this call, else one of its own, made on first use.
 * @param args of the handler
 * @returns null when the transport has passed no context
 */
export function messageRequest(args: readonly unknown[]): MessageRequest | null {
  const carrier = carrierOf(args);
  if (!carrier) return null;
  const opened = AuthContext.requestContext && requests.get(AuthContext.requestContext);
  // A context of the call is asked first: a transport of the host may pass one object with every message.
  if (opened?.key === carrier.key) return opened;
  const known = requests.get(carrier.key) ?? new MessageRequest(carrier, args, WITHOUT_EDGE);
  requests.set(carrier.key, known);
  return known;
}

/** For the edge: a request for this call alone. */
export function openMessage(args: readonly unknown[], settings: MessageSettings): MessageRequest | null {
  const carrier = carrierOf(args);
  if (!carrier) return null;
  const request = new MessageRequest(carrier, args, settings);
  requests.set(contextOf(request), request);
  return request;
}

function contextOfMessage(request: MessageRequest, { address }: MessageSettings): EdgeContext {
  return {
    get headers() {
      return request.headers;
    },
    address: () => address(request),
    principal: null,
    ours: false,
    route: '',
    fault: null,
    hasCarrier: request.hasCarrier,
  };
}
