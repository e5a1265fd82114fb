import { Controller, Injectable, UseGuards, type ExecutionContext, type INestApplication } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload, type RmqContext } from '@nestjs/microservices';
import { AuthContext, AuthError, AuthGuard, BearerAuth, OptionalAuth } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { Fields } from '../support/ask.js';
import { isBrokerInstalled } from '../support/brokers.js';
import { callerController, Ledger } from '../support/caller-messages.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from '../support/credential-matrix.js';
import { FORGED, FORGERIES } from '../support/forged-identity.js';
import { keepLogs } from '../support/logs.js';
import { expectAnswer, matrixController } from '../support/matrix-messages.js';
import { byNats, byRedis, own, type Sender } from '../support/senders.js';
import { KafkaStrategy, MqttStrategy, RmqStrategy } from '../support/strategies.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

const paid: unknown[] = [];

/** Refused messages are not sent again, where the queue waits for an answer (`noAck: false`). */
@Injectable()
class AckingGuard extends AuthGuard {
  protected override refusal(error: AuthError, context: ExecutionContext): Error {
    const rmq = context.switchToRpc().getContext<RmqContext>();
    (rmq.getChannelRef() as Channel).nack(rmq.getMessage(), false, false);
    return error;
  }
}

interface Channel {
  nack(message: unknown, allUpTo: boolean, requeue: boolean): void;
}

@Controller()
class EventsController {
  constructor(private readonly auth: AuthContext) {}

  @EventPattern('paid') @BearerAuth() paid(@Payload() message: { order: number }) {
    paid.push({ by: this.auth.principal?.subjectId, order: message.order });
  }
  @MessagePattern('acked') @BearerAuth() @UseGuards(AckingGuard) acked() {
    return { reached: true };
  }
  @EventPattern('unavailable') @OptionalAuth() unavailable(@Payload() _message: object) {
    throw AuthError.unavailable('the database is down');
  }
}

const rmq = new RmqStrategy({});
const mqtt = new MqttStrategy({});
const SENDERS: Readonly<Record<string, () => Sender | Promise<Sender>>> = {
  ...(isBrokerInstalled('redis-server') && { Redis: byRedis }),
  ...(isBrokerInstalled('nats-server') && { NATS: byNats }),
  Kafka: () => own(new KafkaStrategy({})),
  RabbitMQ: () => own(rmq),
  'MQTT 5': () => own(mqtt),
};
/** They have no header fields of their own for sure: the member that the host names is read. */
const BY_MEMBER = ['Redis', 'MQTT 5'];

describe('F30: messages through brokers to a hybrid application', () => {
  const senders: Record<string, Sender> = {};
  let host: TestApp;
  let world: MatrixWorld;
  beforeAll(async () => {
    for (const [name, make] of Object.entries(SENDERS)) senders[name] = await make();
    host = await createTestApp({
      auth: {
        apiKeys: true,
        accounts: { session: { scopes: ['reports:read'] } },
        transports: { rpc: { credentialField: 'authorization' } },
      },
      controllers: [matrixController(MessagePattern), callerController(MessagePattern), EventsController],
      providers: [Ledger, AckingGuard],
      configure: (app: INestApplication) => {
        for (const { microservice } of Object.values(senders)) app.connectMicroservice(microservice);
      },
    });
    await host.app.startAllMicroservices();
    world = await matrixWorld(host, await signUp(host.url));
  });
  afterAll(async () => {
    await host?.close();
    for (const { close } of Object.values(senders)) await close?.();
  });
  const bearer = (token = world.user.accessToken) => ({ authorization: `Bearer ${token}` });

  describe.each(Object.keys(SENDERS))('%s', (name) => {
    const send = (pattern: string, data: unknown, fields: Fields = {}) => senders[name]!.ask(pattern, data, fields);

    it.each(CREDENTIAL_MATRIX)('$name', async (one) => {
      expectAnswer(await send(one.handler, {}, one.headers(world)), one, world);
    });

    it('is of the same caller for decorators, for services, and in what is subscribed to later', async () => {
      const { id, email } = world.user;
      expect(await send('caller', {}, bearer())).toEqual({
        principal: id,
        user: email,
        client: 'none',
        apiKey: 'none',
        context: id,
        contextUser: email,
      });
      expect(await send('stream', {}, bearer())).toEqual({ subject: id, email });
      expect(await send('open', {}, bearer('bad'))).toMatchObject({ subject: 'nobody' });
    });

    it('names of fields are taken in any case', async () => {
      expect(await send('bearer', {}, { AUTHORIZATION: bearer().authorization })).toEqual({ subject: world.user.id });
    });

    it('F01: a message is nobody, whatever its members', async () => {
      for (const message of [
        ...FORGERIES,
        { headers: bearer(), metadata: bearer(), properties: { headers: bearer() } },
      ]) {
        expect(await send('caller', message)).toMatchObject({ status: 'error', code: 'UNAUTHORIZED' });
        for (const handler of ['open', 'maybe'])
          expect(await send(handler, message)).toEqual({ subject: 'nobody', email: 'none' });
      }
    });

    it('F01: header fields are credentials or nothing', async () => {
      const forged = { auth: JSON.stringify(FORGED), user: world.user.id, principal: world.user.id };
      expect(await send('caller', {}, forged)).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(await send('maybe', {}, forged)).toEqual({ subject: 'nobody', email: 'none' });
    });

    it('the member that the host names is read where there are no header fields, and only there', async () => {
      const expected = BY_MEMBER.includes(name) ? { subject: world.user.id } : { code: 'UNAUTHORIZED' };
      expect(await send('bearer', bearer())).toMatchObject(expected);
    });

    it('refuses with the scopes, and with the seconds', async () => {
      expect(await send('lacking', {}, bearer())).toMatchObject({
        code: 'INSUFFICIENT_SCOPE',
        requiredScopes: ['reports:read', 'reports:write'],
      });
      expect(await send('fails', {})).toMatchObject({ code: 'TOO_MANY_REQUESTS', retryAfter: 7 });
    });

    it('an event is handled for whom a guard lets in; the others are refused without a word, and without a fault', async () => {
      const logs = keepLogs(host);
      paid.length = 0;
      for (const [order, fields] of [bearer(), {}, bearer('bad'), bearer()].entries())
        await senders[name]!.emit('paid', { order }, fields);
      await until('both events came', () => paid.length >= 2);
      expect(paid).toEqual([
        { by: world.user.id, order: 0 },
        { by: world.user.id, order: 3 },
      ]);
      expect(logs.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });

  it('Kafka: only what may succeed later is handed out again', async () => {
    const { emit } = senders['Kafka']!;
    await expect(emit('paid', { order: 1 }, bearer('bad'))).resolves.toBeUndefined();
    // A handler that would answer, and a message that asks for no answer.
    await expect(emit('caller', {}, bearer('bad'))).resolves.toBeUndefined();
    await expect(emit('unavailable', {})).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });

  it('RabbitMQ: a guard of the host tells the queue that a refused message is done', async () => {
    expect(await rmq.ask('acked', {}, bearer())).toEqual({ reached: true });
    expect(rmq.refused).toEqual([]);
    expect(await rmq.ask('acked', {}, bearer('bad'))).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(rmq.refused).toEqual([[expect.objectContaining({ properties: expect.anything() }), false, false]]);
  });

  it('MQTT 3 has no header fields: by the member that the host names', async () => {
    mqtt.version = 3;
    expect(await mqtt.ask('bearer', bearer(), bearer())).toEqual({ subject: world.user.id });
    expect(await mqtt.ask('bearer', {}, bearer())).toMatchObject({ code: 'UNAUTHORIZED' });
    mqtt.version = 5;
  });
});
