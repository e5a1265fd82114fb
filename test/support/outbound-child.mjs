// One application process that fetches outbound tokens. DATABASE_URL and OUTBOUND (the `outbound` options as JSON) are in its environment.
// The message { ask: n } starts n callers at once; it replies with what each of them got.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule, ClientCredentialsService } from 'nest-authority';

class AppModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({ ...authDataSource({ url: process.env.DATABASE_URL, poolSize: 4 }), retryAttempts: 0 }),
    AuthModule.forRoot({
      issuer: 'http://localhost:3000',
      secret: process.env.AUTH_SECRET,
      allowPrivateNetwork: true,
      cacheTtl: 0,
      clientCredentials: { outbound: JSON.parse(process.env.OUTBOUND) },
    }),
  ],
})(AppModule);

const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const service = app.get(ClientCredentialsService);
const result = (call) =>
  call.then(
    ({ accessToken, accessTokenExpiresAt }) => ({ accessToken, expiresAt: accessTokenExpiresAt.toISOString() }),
    ({ status, code, details }) => ({ status, code, details }),
  );
process.on('message', async ({ ask, application }) => {
  const calls = Array.from({ length: ask }, () => result(service.getToken(application)));
  process.send({ outcomes: await Promise.all(calls) });
});
process.on('disconnect', () => app.close().finally(() => process.exit(0)));
process.send({ ready: true });
