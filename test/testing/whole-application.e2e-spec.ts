import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { AddressInfo } from 'node:net';
import {
  ApiKeyAuth,
  Auth,
  authDataSource,
  AuthModule,
  BearerAuth,
  createPrincipal,
  CurrentUser,
  Scopes,
  UsersService,
  type HostUser,
} from 'nest-authority';
import {
  actingAs,
  mintApiKey,
  mintJwt,
  mintSession,
  mintUser,
  mockPrincipal,
  overrideAuth,
} from 'nest-authority/testing';
import { createHttpAdapter } from '../support/adapter.js';
import { createTestApp, testOptions } from '../support/app.js';
import { send } from '../support/http.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import type { TestDatabase } from '../support/database.js';

@Controller('reports')
class ReportsController {
  @Get() @BearerAuth() @ApiKeyAuth() @Scopes('reports:read') list(@CurrentUser() user: HostUser | null) {
    return { name: user?.name ?? null };
  }
  @Get('cookie') @Auth('session') cookie(@CurrentUser() user: HostUser | null) {
    return { name: user?.name ?? null };
  }
}

describe('a test of a whole application', () => {
  let app: INestApplication;
  let database: TestDatabase;
  let url: string;
  let userId: string;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    const builder = Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(authDataSource({ url: database.url })),
        AuthModule.forRoot(testOptions({ apiKeys: true, jwt: true })),
      ],
      controllers: [ReportsController],
    });
    app = (await overrideAuth(builder).compile()).createNestApplication(createHttpAdapter());
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
    userId = await mintUser(app, { name: 'Ann' });
  });
  afterEach(() => void actingAs(app, null));
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  const get = (headers: Record<string, string>, path = '') => send(`${url}/reports${path}`, { headers });
  const bearer = (token: string) => get({ authorization: `Bearer ${token}` });
  const scopes = ['reports:read'];

  it('nobody acts: a minted session opens the route by its token and by its cookie', async () => {
    const { token, cookie, accessToken } = await mintSession(app, { userId, scopes });
    expect((await bearer(token)).body).toEqual({ name: 'Ann' });
    expect((await bearer(accessToken!)).body).toEqual({ name: 'Ann' });
    expect((await get({ cookie }, '/cookie')).body).toEqual({ name: 'Ann' });
    expect((await bearer('nas_made-up')).status).toBe(401);
  });

  it('a minted session without the scope: 403', async () => {
    const { token } = await mintSession(app, { userId });
    expect((await bearer(token)).status).toBe(403);
  });

  it('a minted API key', async () => {
    const { key } = await mintApiKey(app, { owner: { kind: 'user', id: userId }, scopes });
    expect((await get({ 'x-api-key': key })).body).toEqual({ name: 'Ann' });
  });

  it('a minted JWT', async () => {
    const { token } = await mintSession(app, { userId, scopes });
    const jwt = await mintJwt(app, { session: token });
    expect(jwt.split('.')).toHaveLength(3);
    expect((await bearer(jwt)).body).toEqual({ name: 'Ann' });
  });

  it('somebody acts: no credential is needed, and who acts need not exist', async () => {
    actingAs(app, mockPrincipal({ user: { id: 'made-up', name: 'Ben' }, scopes }));
    expect((await get({})).body).toEqual({ name: 'Ben' });
    actingAs(app, mockPrincipal({ user: 'made-up' }));
    expect((await get({})).status).toBe(403);
  });

  it('a principal of the table of users is that user', async () => {
    const credential = { scheme: 'bearer', credentialType: 'session', credentialId: 'any' };
    actingAs(app, createPrincipal({ subjectId: userId, scopes, ...credential }));
    expect((await get({})).body).toEqual({ name: 'Ann' });
  });

  it('a sentence where nobody can act, where a capability is off, and where a user may have no session', async () => {
    const other = await createTestApp({ databaseUrl: database.url });
    try {
      expect(() => actingAs(other.app, mockPrincipal())).toThrow('pass its builder through overrideAuth()');
      const owner = { kind: 'user', id: userId } as const;
      await expect(mintApiKey(other.app, { owner })).rejects.toThrow('ApiKeysService is not in this application');
      const disabled = await mintUser(other.app);
      await other.app.get(UsersService).disable(disabled);
      await expect(mintSession(other.app, { userId: disabled })).rejects.toThrow('disabled or forgotten');
    } finally {
      await other.close();
    }
  });
});
