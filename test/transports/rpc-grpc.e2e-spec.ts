import { Metadata, type ServerDuplexStream, type ServerReadableStream } from '@grpc/grpc-js';
import { Controller, type INestMicroservice, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GrpcMethod, GrpcStreamCall, GrpcStreamMethod } from '@nestjs/microservices';
import { from, map, of, type Observable } from 'rxjs';
import { ApiKeysService, AuthContext, AuthGuard, BearerAuth, Public } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { callerController, Ledger } from '../support/caller-messages.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixCase, type MatrixWorld } from '../support/credential-matrix.js';
import { freePort } from '../support/free-port.js';
import { grpcCaller, grpcOptions, type Ended, type GrpcCaller } from '../support/grpc.js';
import { matrixController } from '../support/matrix-messages.js';
import { createTestMicroservice } from '../support/microservice.js';
import { signUp } from '../support/users.js';

const named = (name: string) => name[0]!.toUpperCase() + name.slice(1);

interface Subject {
  readonly subject: string;
}

/** Calls that stream, by Nest's three decorators. */
function streamsController(Guarded: () => MethodDecorator): Type {
  @Controller()
  class StreamsController {
    constructor(private readonly auth: AuthContext) {}

    private whom(): Subject {
      return { subject: this.auth.principal?.subjectId ?? 'nobody' };
    }

    @GrpcMethod('Streams', 'Down') @Guarded() down(): Observable<Subject> {
      return from([1, 2, 3]).pipe(map(() => this.whom()));
    }
    @GrpcStreamMethod('Streams', 'Up') @Guarded() up(messages: Observable<unknown>): Observable<Subject> {
      return messages.pipe(map(() => this.whom()));
    }
    @GrpcStreamMethod('Streams', 'Both') @Guarded() both(messages: Observable<unknown>): Observable<Subject> {
      return messages.pipe(map(() => this.whom()));
    }
    @GrpcStreamCall('Streams', 'UpRaw') @Guarded() upRaw(
      call: ServerReadableStream<unknown, Subject>,
      callback: (error: null, answer: Subject) => void,
    ) {
      call.on('data', () => undefined).on('end', () => callback(null, this.whom()));
    }
    @GrpcStreamCall('Streams', 'BothRaw') @Guarded() bothRaw(call: ServerDuplexStream<unknown, Subject>) {
      call.on('data', () => call.write(this.whom())).on('end', () => call.end());
    }
  }
  return StreamsController;
}

@Controller()
class PlainController {
  @GrpcMethod('Matrix', 'Public') plain() {
    return of({ subject: 'reached' });
  }
  @GrpcMethod('Matrix', 'Optional') @Public() samples() {
    return { subject: 'anybody' };
  }
}

const STATUS: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7 };
const STREAMS = ['Down', 'Up', 'Both', 'UpRaw', 'BothRaw'];
const auth = { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } } as const;
const controllers = [
  matrixController((handler) => GrpcMethod('Matrix', named(handler))),
  callerController((handler) => GrpcMethod('Callers', named(handler))),
  streamsController(() => BearerAuth()),
];

function expectEnd(ended: Ended, { expected }: MatrixCase, { user }: MatrixWorld): void {
  if (typeof expected !== 'number')
    return expect(ended).toMatchObject({ status: 0, sent: [{ subject: expected === 'user' ? user.id : 'nobody' }] });
  expect(ended).toMatchObject({ status: STATUS[expected], sent: [] });
  if (expected !== 400) expect(ended.trailers).toHaveProperty('www-authenticate');
}

describe.each(['express', 'fastify'] as const)('F30: calls of gRPC to a hybrid application on %s', (adapter) => {
  let host: TestApp;
  let grpc: GrpcCaller;
  let world: MatrixWorld;
  beforeAll(async () => {
    const port = await freePort();
    host = await createTestApp({
      adapter,
      auth,
      controllers,
      providers: [Ledger],
      configure: (app) => void app.connectMicroservice(grpcOptions(port)),
    });
    await host.app.startAllMicroservices();
    grpc = grpcCaller(port);
    world = await matrixWorld(host, await signUp(host.url));
  });
  afterAll(async () => {
    grpc?.close();
    await host?.close();
  });
  const bearer = () => ({ authorization: `Bearer ${world.user.accessToken}` });
  const issue = (fields: object) =>
    host.app
      .get(ApiKeysService, { strict: false })
      .create({ owner: { kind: 'user', id: world.user.id }, name: 'press', ...fields });

  it.each(CREDENTIAL_MATRIX)('$name', async (one) => {
    expectEnd(await grpc.call('Matrix', named(one.handler), one.headers(world)), one, world);
  });

  it.each(STREAMS)('%s: its caller is known to whatever it runs', async (method) => {
    const { sent, status } = await grpc.call('Streams', method, bearer());
    expect(status).toBe(0);
    expect(sent).toEqual(Array.from({ length: method === 'Down' ? 3 : 1 }, () => ({ subject: world.user.id })));
  });

  it.each(STREAMS)('RFC 9110 11.6.1: %s: status 16, with the challenge in the trailing metadata', async (method) => {
    expect(await grpc.call('Streams', method)).toEqual({
      sent: [],
      status: 16,
      details: 'Unauthorized',
      trailers: expect.objectContaining({ 'www-authenticate': ['Bearer realm="localhost:3000"'] }),
    });
    const { status, trailers } = await grpc.call('Streams', method, { authorization: 'Bearer bad' });
    expect(status).toBe(16);
    expect(trailers['www-authenticate']).toEqual([expect.stringContaining('error="invalid_token"')]);
  });

  it('is of the same caller for decorators, for services, and in what is subscribed to later', async () => {
    const { id, email } = world.user;
    const seen = { principal: id, user: email, client: 'none', context: id, contextUser: email };
    expect((await grpc.call('Callers', 'Caller', bearer())).sent).toEqual([{ ...seen, apiKey: 'none' }]);
    const { key } = await issue({});
    expect((await grpc.call('Callers', 'Caller', { 'x-api-key': key })).sent).toEqual([{ ...seen, apiKey: 'press' }]);
    expect((await grpc.call('Callers', 'Stream', bearer())).sent).toEqual([{ subject: id, email }]);
  });

  it('leaves nothing behind on the connection', async () => {
    const ended = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 ? grpc.call('Callers', 'Open') : grpc.call('Callers', 'Stream', bearer()),
      ),
    );
    for (const [index, { sent }] of ended.entries())
      expect(sent).toMatchObject([{ subject: index % 2 ? 'nobody' : world.user.id }]);
  });

  it('a call that its client gives up is refused to nobody', async () => {
    // Jest fails a test that leaves a rejection to the process.
    for (const method of STREAMS) await grpc.call('Streams', method, { authorization: 'Bearer bad' }, {}, 1);
    expect((await grpc.call('Callers', 'Caller', bearer())).status).toBe(0);
  });

  it('F01: a message is nobody, whatever its members', async () => {
    const token = `Bearer ${world.user.accessToken}`;
    const forged = {
      auth: world.user.id,
      user: world.user.id,
      authorization: token,
      headers: { authorization: token },
    };
    const message = { ...forged, metadata: { authorization: token } };
    expect((await grpc.call('Callers', 'Caller', {}, message)).status).toBe(16);
    for (const method of ['Open', 'Maybe'])
      expect((await grpc.call('Callers', method, {}, message)).sent).toEqual([{ subject: 'nobody', email: 'none' }]);
    const { sent } = await grpc.call('Callers', 'Maybe', { auth: world.user.id, user: world.user.id, principal: 'x' });
    expect(sent).toEqual([{ subject: 'nobody', email: 'none' }]);
  });

  it('a key that is sent twice is none: HTTP/2 has made one field of them', async () => {
    const keys = new Metadata();
    for (const _ of [1, 2]) keys.add('x-api-key', world.key);
    expect(await grpc.call('Callers', 'Caller', keys)).toMatchObject({ status: 16, sent: [] });
  });

  it('status 7 with what the handler says, and with the scopes; 8 with the seconds', async () => {
    expect(await grpc.call('Callers', 'Throws')).toMatchObject({ status: 7, details: 'Not yours' });
    const { trailers } = await grpc.call('Matrix', 'Lacking', bearer());
    expect(trailers['www-authenticate']).toEqual(
      expect.arrayContaining([expect.stringContaining('scope="reports:read reports:write"')]),
    );
    expect(await grpc.call('Callers', 'Fails')).toMatchObject({ status: 8, trailers: { 'retry-after': ['7'] } });
    const { key } = await issue({ rateLimitMax: 1, rateLimitTimeWindow: 60_000 });
    expect((await grpc.call('Callers', 'Method', { 'x-api-key': key })).status).toBe(0);
    const limited = await grpc.call('Callers', 'Method', { 'x-api-key': key });
    expect(limited).toMatchObject({ status: 8, trailers: { 'retry-after': [expect.any(String)] } });
  });

  it('a key with an allow list is checked against the address of the peer', async () => {
    const here = await issue({ allowedIps: ['127.0.0.0/8', '::1/128'] });
    const elsewhere = await issue({ allowedIps: ['203.0.113.7'] });
    expect((await grpc.call('Callers', 'Method', { 'x-api-key': here.key })).status).toBe(0);
    expect((await grpc.call('Callers', 'Method', { 'x-api-key': elsewhere.key })).status).toBeGreaterThan(0);
  });
});

describe('F30: calls of gRPC to a microservice alone, below a global guard', () => {
  let host: TestApp;
  let service: INestMicroservice;
  let grpc: GrpcCaller;
  let token: { authorization: string };
  beforeAll(async () => {
    const port = await freePort();
    host = await createTestApp({ auth });
    token = { authorization: `Bearer ${(await signUp(host.url)).accessToken}` };
    service = await createTestMicroservice(grpcOptions(port), {
      databaseUrl: host.databaseUrl,
      auth,
      controllers: [PlainController, streamsController(() => () => undefined)],
      providers: [{ provide: APP_GUARD, useExisting: AuthGuard }],
    });
    grpc = grpcCaller(port);
  });
  afterAll(async () => {
    grpc?.close();
    await service?.close();
    await host?.close();
  });

  it('guards what nothing of ours stands on, and refuses in the form of gRPC', async () => {
    const refused = { status: 16, trailers: { 'www-authenticate': expect.any(Array) } };
    expect(await grpc.call('Matrix', 'Public')).toMatchObject(refused);
    expect((await grpc.call('Matrix', 'Public', token)).sent).toEqual([{ subject: 'reached' }]);
    expect((await grpc.call('Matrix', 'Optional')).sent).toEqual([{ subject: 'anybody' }]);
    for (const method of STREAMS) {
      expect(await grpc.call('Streams', method)).toMatchObject(refused);
      expect((await grpc.call('Streams', method, token)).status).toBe(0);
    }
  });
});
