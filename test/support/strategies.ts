import { ServerKafka, ServerMqtt, ServerRMQ } from '@nestjs/microservices';
import type { Fields } from './ask.js';

/** A server of Nest whose broker is the test: what comes in is shaped as its client library would have it, what goes out is the answer. */
export interface Strategy {
  ask(pattern: string, data: unknown, fields?: Fields): Promise<unknown>;
  /** Settles as the library would see it: a rejection makes Kafka hand the event out once more. */
  emit(pattern: string, data: unknown, fields?: Fields): Promise<unknown>;
}

interface Reply {
  readonly response?: unknown;
  readonly err?: unknown;
}
const answerOf = ({ err, response }: Reply) => err ?? response;
const bytes = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Buffer.from(value)]));

export class KafkaStrategy extends ServerKafka implements Strategy {
  private readonly waiting = new Map<string, (answer: unknown) => void>();

  override async listen(callback: () => void): Promise<void> {
    Reflect.set(this, 'producer', { send: async (sent: Sent) => this.sent(sent) });
    callback();
  }

  override async close(): Promise<void> {}

  ask(topic: string, data: unknown, fields: Fields = {}): Promise<unknown> {
    const id = `${Math.random()}`;
    const headers = { ...bytes(fields), ...bytes({ kafka_correlationId: id, kafka_replyTopic: `${topic}.reply` }) };
    return new Promise((resolve, reject) => {
      this.waiting.set(id, resolve);
      this.deliver(topic, data, headers).catch(reject);
    });
  }

  emit(topic: string, data: unknown, fields: Fields = {}): Promise<unknown> {
    return this.deliver(topic, data, bytes(fields));
  }

  private deliver(topic: string, data: unknown, headers: Record<string, Buffer>): Promise<unknown> {
    const message = { key: null, value: Buffer.from(JSON.stringify(data)), headers, offset: '0', timestamp: '0' };
    return this.handleMessage({ topic, partition: 0, message, heartbeat: async () => undefined } as never);
  }

  private sent({ messages: [message] }: Sent): void {
    const { kafka_correlationId: id, 'kafka_nest-err': error } = message!.headers;
    const answer: unknown = error ? JSON.parse(error.toString()) : JSON.parse(message!.value ?? 'null');
    if (error || message!.value) this.waiting.get(id!.toString())?.(answer);
  }
}

interface Sent {
  readonly messages: readonly { readonly value: string | null; readonly headers: Readonly<Record<string, Buffer>> }[];
}

export class RmqStrategy extends ServerRMQ implements Strategy {
  private waiting: (answer: unknown) => void = () => undefined;
  private readonly sender = {
    sendToQueue: (_queue: string, content: Buffer) => {
      const reply = JSON.parse(content.toString()) as Reply;
      if (answerOf(reply) !== undefined) this.waiting(answerOf(reply));
    },
    nack: (...given: unknown[]) => void this.refused.push(given),
  };
  /** What the application has told the broker not to send again. */
  readonly refused: unknown[] = [];

  /** amqplib, which is not there. */
  protected override loadPackageSynchronously(): never {
    return {} as never;
  }

  override async listen(callback: () => void): Promise<void> {
    Reflect.set(this, 'channel', this.sender);
    callback();
  }

  override async close(): Promise<void> {}

  ask(pattern: string, data: unknown, fields: Fields = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting = resolve;
      this.deliver({ pattern, data, id: '1' }, fields).catch(reject);
    });
  }

  emit(pattern: string, data: unknown, fields: Fields = {}): Promise<unknown> {
    return this.deliver({ pattern, data }, fields);
  }

  private deliver(packet: object, headers: Fields): Promise<unknown> {
    const properties = { replyTo: 'replies', correlationId: '1', headers };
    const message = { content: Buffer.from(JSON.stringify(packet)), properties, fields: {} };
    return this.handleMessage(message, this.sender);
  }
}

export class MqttStrategy extends ServerMqtt implements Strategy {
  /** 5 has properties; before that there are none. */
  version: 3 | 5 = 5;

  override async listen(callback: () => void): Promise<void> {
    callback();
  }

  override close(): void {}

  ask(topic: string, data: unknown, fields: Fields = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const publish = (_topic: string, text: string) => {
        const reply = JSON.parse(text) as Reply;
        if (answerOf(reply) !== undefined) resolve(answerOf(reply));
      };
      this.deliver(topic, { data, id: '1' }, fields, publish).catch(reject);
    });
  }

  emit(topic: string, data: unknown, fields: Fields = {}): Promise<unknown> {
    return this.deliver(topic, { data }, fields, () => undefined);
  }

  private deliver(
    topic: string,
    packet: object,
    fields: Fields,
    publish: (topic: string, text: string) => void,
  ): Promise<unknown> {
    const properties = this.version === 5 ? { properties: { userProperties: fields } } : {};
    const original = { cmd: 'publish', topic, qos: 1, dup: false, retain: false, ...properties };
    const buffer = Buffer.from(JSON.stringify({ pattern: topic, ...packet }));
    return this.handleMessage(topic, buffer, { publish } as never, original as never);
  }
}
