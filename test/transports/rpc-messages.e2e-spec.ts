import { Controller, Injectable, Scope, UseGuards, type ExecutionContext } from '@nestjs/common';
import {
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  TcpContext,
  Transport,
  type ClientProxy,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import {
  ApiKeysService,
  AuthContext,
  AuthGuard,
  BearerAuth,
  CurrentPrincipal,
  Public,
  SessionsService,
  type AuthPrincipal,
} from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { ask, askWith, tcpClient } from '../support/ask.js';
import { callerController, Ledger } from '../support/caller-messages.js';
import { freePort } from '../support/free-port.js';
import { keepLogs } from '../support/logs.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Lets in whoever the address of the message names. */
@Injectable()
class TenantGuard extends AuthGuard {
  protected override allows(principal: AuthPrincipal, context: ExecutionContext): boolean {
    const { tenant } = context.switchToRpc().getData<{ tenant?: string }>();
    return tenant === principal.subjectId;
  }
}

const events: unknown[] = [];

@Controller()
class EventsController {
  constructor(private readonly auth: AuthContext) {}

  @EventPattern('paid') @BearerAuth() paid(@Payload() message: { order: number }) {
    events.push({ first: this.auth.principal?.subjectId, order: message.order });
  }
  @EventPattern('paid') @Public() alsoPaid(@Payload() message: { order: number }) {
    events.push({ second: message.order });
  }
  @MessagePattern('tenant') @BearerAuth() @UseGuards(TenantGuard) tenant(@CurrentPrincipal() one: AuthPrincipal) {
    return { subject: one.subjectId };
  }
  @MessagePattern('echo') @BearerAuth() echo(@Payload() message: object, @Ctx() context: TcpContext) {
    return { message, metadata: context.getMetadata() ?? null };
  }
}

/** One for each message. */
@Controller({ scope: Scope.REQUEST })
class ScopedController {
  constructor(private readonly auth: AuthContext) {}

  @MessagePattern('scoped') @BearerAuth() scoped(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId, context: this.auth.principal?.subjectId };
  }
}

const auth = { apiKeys: true, cacheTtl: 0, transports: { rpc: { credentialField: 'authorization' } } } as const;
const UNAUTHORIZED = { status: 'error', code: 'UNAUTHORIZED', message: expect.any(String), statusCode: 401 };

describe('F30: a message with a credential', () => {
  let host: TestApp;
  let client: ClientProxy;
  let user: SignedInUser;
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  beforeAll(async () => {
    const port = await freePort();
    host = await createTestApp({
      auth,
      controllers: [callerController(MessagePattern), EventsController, ScopedController],
      providers: [Ledger, TenantGuard],
      configure: (app) => void app.connectMicroservice({ transport: Transport.TCP, options: { port } }),
    });
    await host.app.startAllMicroservices();
    client = await tcpClient(port);
    user = await signUp(host.url);
  });
  afterAll(async () => {
    await client?.close();
    await host?.close();
  });
  const issue = (fields: object) =>
    host.app
      .get(ApiKeysService, { strict: false })
      .create({ owner: { kind: 'user', id: user.id }, name: 'k', ...fields });

  it('is of the same caller for decorators, for services, and in what is subscribed to later', async () => {
    const { id, email } = user;
    expect(await ask(client, 'caller', bearer(user.accessToken))).toEqual({
      principal: id,
      user: email,
      client: 'none',
      apiKey: 'none',
      context: id,
      contextUser: email,
    });
    expect(await ask(client, 'stream', bearer(user.accessToken))).toEqual({ subject: id, email });
    const { key } = await issue({ name: 'press' });
    expect(await ask(client, 'caller', bearer(key))).toMatchObject({
      principal: id,
      apiKey: 'press',
      contextUser: email,
    });
  });

  it('reaches a controller of its own, and is refused there as anywhere', async () => {
    expect(await ask(client, 'scoped', bearer(user.token))).toEqual({ subject: user.id, context: user.id });
    expect(await ask(client, 'scoped', {})).toEqual(UNAUTHORIZED);
  });

  it('leaves nothing behind on the connection', async () => {
    const strangers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        ask(client, index % 2 ? 'open' : 'caller', index % 2 ? {} : bearer(user.token)),
      ),
    );
    for (const [index, answer] of strangers.entries())
      expect(answer).toMatchObject(index % 2 ? { subject: 'nobody', email: 'none' } : { context: user.id });
  });

  it('reaches the handler as it was sent', async () => {
    const message = { ...bearer(user.token), text: 'hello' };
    expect(await ask(client, 'echo', message)).toEqual({ message, metadata: null });
    expect(await askWith(client, bearer(user.token), 'echo', { text: 'hello' })).toEqual({
      message: { text: 'hello' },
      metadata: bearer(user.token),
    });
  });

  it('the declaration of a method replaces that of its class', async () => {
    expect(await ask(client, 'method', bearer(user.token))).toEqual(UNAUTHORIZED);
    expect(await ask(client, 'method', bearer((await issue({})).key))).toMatchObject({ subject: user.id });
  });

  it('RFC 6750 2: 400 when it brings two, in two places or under two spellings', async () => {
    const twice = { status: 'error', code: 'INVALID_REQUEST', message: expect.any(String), statusCode: 400 };
    expect(await askWith(client, bearer(user.token), 'caller', bearer(user.token))).toEqual(twice);
    const spelled = { Authorization: `Bearer ${user.token}`, authorization: `Bearer ${user.token}` };
    expect(await askWith(client, spelled, 'caller')).toEqual(twice);
    const { key } = await issue({});
    expect(await askWith(client, { 'x-api-key': key, 'X-API-Key': key }, 'caller')).toEqual(twice);
    expect(await askWith(client, { 'x-api-key': key }, 'caller', bearer(key))).toEqual(twice);
  });

  it.each([[{}], [['Bearer x']], [7], [null], [true]])(
    '401 when the member that the host names holds %j',
    async (value) => {
      expect(await ask(client, 'caller', { authorization: value })).toEqual(UNAUTHORIZED);
      expect(await askWith(client, { authorization: value } as never, 'caller')).toEqual(UNAUTHORIZED);
    },
  );

  it.each([['text'], [[{ authorization: 'Bearer x' }]], [7], [[]]])('401 when the message is %j', async (message) => {
    expect(await ask(client, 'caller', message)).toEqual(UNAUTHORIZED);
  });

  it('401 when it is revoked, and when it has expired', async () => {
    const other = await signUp(host.url);
    expect(await ask(client, 'caller', bearer(other.token))).toMatchObject({ principal: other.id });
    await host.app.get(SessionsService, { strict: false }).end(other.id, other.token);
    expect(await ask(client, 'caller', bearer(other.token))).toEqual(UNAUTHORIZED);
    const { id, key } = await issue({});
    await host.sql(`UPDATE auth_api_key SET expires_at = now() - interval '1 second' WHERE id = $1`, [id]);
    expect(await ask(client, 'caller', bearer(key))).toMatchObject({
      status: 'error',
      code: expect.stringContaining('KEY'),
    });
  });

  it('403 names the scopes, 429 the seconds', async () => {
    expect(await ask(client, 'throws')).toEqual({
      status: 'error',
      code: 'NOT_YOURS',
      message: 'Not yours',
      statusCode: 403,
    });
    expect(await ask(client, 'fails')).toMatchObject({ status: 'error', code: 'TOO_MANY_REQUESTS', retryAfter: 7 });
    const { key } = await issue({ rateLimitMax: 1, rateLimitTimeWindow: 60_000 });
    expect(await ask(client, 'caller', bearer(key))).toMatchObject({ principal: user.id });
    const refused = await ask(client, 'caller', bearer(key));
    expect(refused).toMatchObject({ status: 'error', retryAfter: expect.any(Number) });
  });

  it('a key with an allow list is checked against the address of the peer', async () => {
    const here = await issue({ allowedIps: ['127.0.0.0/8', '::1/128'] });
    const elsewhere = await issue({ allowedIps: ['203.0.113.7'] });
    expect(await ask(client, 'caller', bearer(here.key))).toMatchObject({ principal: user.id });
    expect(await ask(client, 'caller', bearer(elsewhere.key))).toMatchObject({ status: 'error' });
  });

  it('a guard of the host decides by the message', async () => {
    expect(await ask(client, 'tenant', { ...bearer(user.token), tenant: user.id })).toEqual({ subject: user.id });
    expect(await ask(client, 'tenant', { ...bearer(user.token), tenant: 'other' })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('an event is handled for whom a guard lets in; the others are refused without a word, and without a fault', async () => {
    const logs = keepLogs(host);
    events.length = 0;
    for (const [order, token] of [user.token, 'bad', user.token].entries())
      await lastValueFrom(client.emit('paid', { ...bearer(token), order }), { defaultValue: null });
    await until('all events came', () => events.length === 5);
    expect(events).toEqual(
      expect.arrayContaining([
        { first: user.id, order: 0 },
        { first: user.id, order: 2 },
      ]),
    );
    expect(events.filter((one) => 'second' in (one as object))).toHaveLength(3);
    expect(logs.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
