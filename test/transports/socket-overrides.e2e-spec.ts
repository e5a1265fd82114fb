import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { ExecutionContext, INestApplication } from '@nestjs/common';
import {
  authDataSource,
  AuthGuard,
  AuthModule,
  BearerAuth,
  createPrincipal,
  CurrentPrincipal,
  putPrincipal,
  type AuthPrincipal,
} from '../../src/index.js';
import { testOptions } from '../support/app.js';
import type { TestDatabase } from '../support/database.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { connectIo } from '../support/socket-clients.js';
import { seenBy } from '../support/socket-gateways.js';

@WebSocketGateway()
@BearerAuth()
class ReportsGateway {
  @SubscribeMessage('hello') hello(@CurrentPrincipal() one: AuthPrincipal) {
    return seenBy(one);
  }
}

describe('F30: a test of a host that puts another guard in place of ours', () => {
  let app: INestApplication;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    const credential = { scheme: 'bearer', credentialType: 'access_token', credentialId: 'a-token' };
    const letAdaIn = (context: ExecutionContext) => {
      putPrincipal(context, createPrincipal({ subjectId: 'ada', ...credential }));
      return true;
    };
    const module = await Test.createTestingModule({
      imports: [TypeOrmModule.forRoot(authDataSource({ url: database.url })), AuthModule.forRoot(testOptions())],
      providers: [ReportsGateway],
    })
      .overrideGuard(AuthGuard)
      .useValue({ canActivate: letAdaIn })
      .compile();
    app = module.createNestApplication();
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  it('is not refused at connect, and its principal is that of the message', async () => {
    const client = await connectIo((await app.getUrl()).replace('[::1]', '127.0.0.1'), '');
    expect((await client.ask('hello')).data).toEqual({ subject: 'ada' });
    client.close();
  });
});
