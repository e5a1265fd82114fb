import { Metadata } from '@grpc/grpc-js';
import { headers as natsHeaders } from '@nats-io/transport-node';
import {
  BaseRpcContext,
  KafkaContext,
  MqttContext,
  NatsContext,
  RedisContext,
  RmqContext,
  TcpContext,
} from '@nestjs/microservices';
import { messageRequest, openMessage, type MessageSettings } from './message-request.js';

const BEARER = 'Bearer abc';
const settings = (credentialField: MessageSettings['credentialField']): MessageSettings => ({
  credentialField,
  address: () => null,
});

function nats() {
  const fields = natsHeaders();
  fields.append('Authorization', BEARER);
  return new NatsContext(['subject', fields] as never);
}

function grpc(...values: string[]) {
  const metadata = new Metadata();
  for (const value of values) metadata.add('authorization', value);
  return metadata;
}

const kafka = (headers: object | undefined) =>
  new KafkaContext([{ headers }, 0, 'topic', undefined, undefined, undefined] as never);

/** The real contexts of Nest, as its servers make them. */
const CARRIERS: Readonly<Record<string, readonly unknown[]>> = {
  'gRPC metadata': [{}, grpc(BEARER), {}],
  'the call of a gRPC stream': [{ metadata: grpc(BEARER), emit: () => true }],
  'the call of a gRPC stream, with its callback': [{ metadata: grpc(BEARER) }, () => undefined],
  'NATS headers': [{}, nats()],
  'Kafka headers': [{}, kafka({ Authorization: BEARER })],
  'Kafka headers, as bytes': [{}, kafka({ authorization: Buffer.from(BEARER) })],
  'headers of RabbitMQ': [
    {},
    new RmqContext([{ properties: { headers: { Authorization: BEARER } } }, {}, 'p'] as never),
  ],
  'user properties of MQTT 5': [
    {},
    new MqttContext(['t', { properties: { userProperties: { Authorization: BEARER } } }] as never),
  ],
  'metadata of a packet over TCP': [{}, new TcpContext([{}, 'p', { authorization: BEARER }] as never)],
  'metadata of a packet over Redis': [{}, new RedisContext(['p', { authorization: BEARER }] as never)],
};

describe('the request behind a message', () => {
  it.each(Object.entries(CARRIERS))('has %s for headers', (_name, args) => {
    const request = messageRequest(args)!;
    expect(request.headers['authorization']).toBe(BEARER);
    expect(request.rawHeaders).toEqual(['authorization', BEARER]);
    expect(request.hasCarrier).toBe(true);
  });

  it('is the same for every guard and decorator of one message, and of that message alone', () => {
    const context = nats();
    const message = { text: 'x' };
    expect(messageRequest([message, context])).toBe(messageRequest([{ text: 'other' }, context]));
    expect(messageRequest([message, context])).not.toBe(messageRequest([message, nats()]));
  });

  it('F01: is never the message, nor found by it', () => {
    for (const message of [{ getArgs: 'x', getArgByIndex: 'x' }, { metadata: { get: 'x', getMap: 'x' } }, 'text', null])
      expect(messageRequest([message, message, message])).toBeNull();
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [[BEARER]],
    [{ authorization: { value: BEARER } }],
    [{ authorization: [[BEARER]] }],
    [{ authorization: 7 }],
  ])('takes nothing but texts: %j', (metadata) => {
    expect(
      messageRequest([{}, new TcpContext([{}, 'p', metadata] as never)])!.headers['authorization'],
    ).toBeUndefined();
  });

  it('takes names for names: none leads to a prototype', () => {
    const metadata: unknown = JSON.parse('{"__proto__":"x","constructor":"y","authorization":"Bearer abc"}');
    const { headers } = messageRequest([{}, new TcpContext([{}, 'p', metadata] as never)])!;
    expect(Object.getPrototypeOf(headers)).toBeNull();
    expect(headers['authorization']).toBe(BEARER);
    expect(messageRequest([{}, new TcpContext([{}, 'p', {}] as never)])!.headers['constructor']).toBeUndefined();
  });

  it('RFC 6750 2: keeps both of two, whatever their spelling', () => {
    const two = messageRequest([{}, kafka({ Authorization: 'Bearer a', authorization: 'Bearer b' })])!;
    expect(two.rawHeaders).toEqual(['authorization', 'Bearer a', 'authorization', 'Bearer b']);
    expect(messageRequest([{}, grpc('Bearer a', 'Bearer b'), {}])!.headers['authorization']).toHaveLength(2);
  });

  describe('where the transport has no headers', () => {
    const tcp = () => new TcpContext([{}, 'p'] as never);
    const carried = (credentialField: MessageSettings['credentialField'], data: unknown, context: unknown = tcp()) =>
      openMessage([data, context], settings(credentialField))!.headers['authorization'];

    it('has none, and says so', () => {
      expect(messageRequest([{ authorization: BEARER }, tcp()])!.hasCarrier).toBe(false);
      expect(messageRequest([{}, new BaseRpcContext([])])!.hasCarrier).toBe(false);
      expect(messageRequest([{}, new MqttContext(['t', {}] as never)])!.hasCarrier).toBe(false);
    });

    it('reads the own member that the host names', () => {
      expect(carried('authorization', { authorization: BEARER })).toBe(BEARER);
      expect(carried('authorization', Object.create({ authorization: BEARER }))).toBeUndefined();
      expect(carried('authorization', { AUTHORIZATION: BEARER })).toBeUndefined();
      for (const data of [null, undefined, 'authorization', 7, [{ authorization: BEARER }], { authorization: {} }])
        expect(carried('authorization', data)).toBeUndefined();
    });

    it('reads what the function of the host returns', () => {
      const context = tcp();
      const field = (data: unknown, given: unknown) => {
        expect(given).toBe(context);
        return { Authorization: (data as { token: string }).token };
      };
      expect(carried(field, { token: BEARER }, context)).toBe(BEARER);
      expect(carried(() => null, {})).toBeUndefined();
    });

    it('reads no member where the transport has headers', () => {
      for (const context of [kafka({}), kafka(undefined), new NatsContext(['subject'] as never)])
        expect(carried('authorization', { authorization: BEARER }, context)).toBeUndefined();
      expect(openMessage([{ authorization: BEARER }, grpc(), {}], settings('authorization'))!.headers).toEqual({});
    });
  });

  it('expects a reply unless Kafka names no topic for it', () => {
    expect(messageRequest([{}, kafka({})])!.expectsReply).toBe(false);
    expect(messageRequest([{}, kafka({ kafka_replyTopic: 't', kafka_correlationId: '1' })])!.expectsReply).toBe(true);
    expect(messageRequest([{}, nats()])!.expectsReply).toBe(true);
  });
});
