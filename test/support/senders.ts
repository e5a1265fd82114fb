import { headers as natsHeaders } from '@nats-io/transport-node';
import {
  ClientProxyFactory,
  NatsRecordBuilder,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { ask, askWith, type Fields } from './ask.js';
import { startBroker } from './brokers.js';
import type { KafkaStrategy, MqttStrategy, RmqStrategy, Strategy } from './strategies.js';

/** A way to send messages with header fields to the application. */
export interface Sender extends Strategy {
  readonly microservice: MicroserviceOptions;
  close?(): Promise<unknown>;
}

export const own = <One extends KafkaStrategy | RmqStrategy | MqttStrategy>(strategy: One): Sender => ({
  microservice: { strategy },
  ask: (pattern, data, fields) => strategy.ask(pattern, data, fields),
  emit: (pattern, data, fields) => strategy.emit(pattern, data, fields),
});

async function byClient(
  name: 'redis-server' | 'nats-server',
  optionsOf: (port: number) => MicroserviceOptions,
  send: (client: ClientProxy, pattern: string, data: unknown, fields: Fields) => Promise<unknown>,
  emit: (client: ClientProxy, pattern: string, data: unknown, fields: Fields) => Promise<unknown>,
): Promise<Sender> {
  const broker = await startBroker(name);
  const microservice = optionsOf(broker.port);
  const client = ClientProxyFactory.create(microservice as never) as unknown as ClientProxy;
  return {
    microservice,
    ask: (pattern, data, fields = {}) => send(client, pattern, data, fields),
    emit: (pattern, data, fields = {}) => emit(client, pattern, data, fields),
    close: async () => {
      await client.close();
      await broker.stop();
    },
  };
}

const natsRecord = (data: unknown, fields: Fields) => {
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(fields)) headers.append(name, value);
  return new NatsRecordBuilder(data).setHeaders(headers).build();
};

export const byRedis = () =>
  byClient(
    'redis-server',
    (port) => ({ transport: Transport.REDIS, options: { host: '127.0.0.1', port } }),
    (client, pattern, data, fields) => askWith(client, fields, pattern, data),
    (client, pattern, data, metadata) => {
      client.setOnDispatchHook((packet) => Object.assign(packet, { metadata }));
      return lastValueFrom(client.emit(pattern, data), { defaultValue: null });
    },
  );

export const byNats = () =>
  byClient(
    'nats-server',
    (port) => ({ transport: Transport.NATS, options: { servers: [`nats://127.0.0.1:${port}`] } }),
    (client, pattern, data, fields) => ask(client, pattern, natsRecord(data, fields)),
    (client, pattern, data, fields) =>
      lastValueFrom(client.emit(pattern, natsRecord(data, fields)), { defaultValue: null }),
  );
