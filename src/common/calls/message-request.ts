import { setContext, type GuardedRequest } from '../http/request/request-context.js';
import type { CredentialField } from '../options/transport-options.js';
import { carrierOf, type Fields, type MessageCarrier } from './message-carrier.js';
import { readFields, type MessageHeaders } from './message-headers.js';

/** What only the application knows; the edge has it. */
export interface MessageSettings {
  readonly credentialField: CredentialField | null;
  readonly address: (request: GuardedRequest) => string | null;
}

const WITHOUT_EDGE: MessageSettings = { credentialField: null, address: () => null };

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
 * The request behind a message; one for each, made on first use.
 * @param args of the handler
 * @returns null when the transport has passed no context
 */
export function messageRequest(args: readonly unknown[], settings = WITHOUT_EDGE): MessageRequest | null {
  const carrier = carrierOf(args);
  if (!carrier) return null;
  const known = requests.get(carrier.key);
  if (known) return known;
  const request = new MessageRequest(carrier, args, settings);
  requests.set(carrier.key, request);
  setContext(request, {
    get headers() {
      return request.headers;
    },
    address: () => settings.address(request),
    principal: null,
    ours: false,
    route: '',
    fault: null,
    hasCarrier: request.hasCarrier,
  });
  return request;
}
