import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { ResourceServerModule } from 'nest-authority/resource-server';
import { createHttpAdapter } from '../support/adapter.js';
import { CONTEXTS, EVERY_CONTEXT, startEveryContext, type EveryContext } from '../support/every-context.js';
import { OutsideIssuer } from '../support/outside-issuer.js';

const issuer = await new OutsideIssuer().start();
const API = 'https://api.example.com';
const { imports, controllers, providers } = EVERY_CONTEXT;

@Module({
  imports: [
    ResourceServerModule.forRoot({
      issuers: [{ issuer: issuer.url }],
      audience: API,
      allowPrivateNetwork: true,
      loadUser: ({ claims }) => ({ name: String(claims['dept']) }),
      transports: { rpc: { credentialField: 'authorization' } },
    }),
    ...imports,
  ],
  controllers,
  providers,
})
class AppModule {}

describe('F30: tokens of others, without a database', () => {
  let host: EveryContext;
  beforeAll(async () => {
    const app = await NestFactory.create(AppModule, createHttpAdapter('express'), { logger: false });
    host = await startEveryContext(app);
  });
  afterAll(() => Promise.all([host?.close(), issuer.stop()]));

  const token = (claims: object = {}) => issuer.token({ aud: API, scope: 'reports:read', ...claims });
  const subject = `${issuer.url}|their-user`;

  it.each(CONTEXTS)('a good token, over %s', async (context) => {
    expect(await host.ask(context, await token())).toBe(`${subject} sales ${subject}`);
  });

  it.each(CONTEXTS)('a token without the scope, over %s', async (context) => {
    expect(await host.ask(context, await token({ scope: 'other' }))).toBe('INSUFFICIENT_SCOPE');
  });

  it.each(CONTEXTS)('no token and one for others, over %s', async (context) => {
    expect(await host.ask(context)).toBe('UNAUTHORIZED');
    expect(await host.ask(context, await token({ aud: 'https://elsewhere.example' }))).toBe('UNAUTHORIZED');
  });
});
