import type { Option } from './option.js';
import { block, type OptionsOf, type SettingsOf } from './read-options.js';

/**
 * Header fields of a message, read from where its clients put them; names in any case, null for none.
 * @param context of the transport, e.g. `TcpContext`
 */
export type MessageFields = (
  data: unknown,
  context: unknown,
) => Readonly<Record<string, string | undefined>> | null | undefined;

export type CredentialField = string | MessageFields;

/** What differs between the transports of a Nest application (docs/guides/transports.md). */
export interface TransportsOptions {
  readonly rpc?: {
    /**
     * Where messages without header fields carry their credential (TCP, Redis, MQTT 3, custom transports): the name of a member of the message
     * that holds `Bearer …`, as an `Authorization` header would; or a function that returns header fields. gRPC metadata and the headers of
     * NATS, Kafka and RabbitMQ are always read, and there this is not. Default: none.
     */
    readonly credentialField?: CredentialField;
  };
}

const credentialField: Option<CredentialField, CredentialField | null> = {
  kinds: ['text', 'function'],
  read: (value, option) => {
    if (typeof value === 'function' || /^[A-Za-z0-9_$-]{1,64}$/.test(value)) return value;
    throw new Error(
      `${option}: ${JSON.stringify(value)} is not the name of a member. Give one such as 'authorization', or a function that returns header fields.`,
    );
  },
};

export const TRANSPORTS_OPTIONS = { rpc: block({ credentialField }) } satisfies OptionsOf<TransportsOptions>;
export type TransportsSettings = SettingsOf<typeof TRANSPORTS_OPTIONS>;
/** For whoever reads messages, in an application with accounts or without. */
export const TRANSPORTS_SETTINGS = Symbol('nest-authority:transports-settings');
