import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { issuer, serviceUrl } from './addresses.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      issuer,
      secret: process.env.AUTH_SECRET!,
      jwt: true,
      clientCredentials: true,
      // What the service calls itself: the `aud` of its tokens. They are short, since it cannot see that one was revoked.
      resources: [{ resource: serviceUrl, accessTokenFormat: 'jwt', accessTokenTTL: '5m' }],
      oauthProvider: {
        scopes: ['openid', 'reports:read', 'reports:write'],
        clients: [
          {
            clientId: 'nightly',
            clientSecret: 'a secret for development only',
            clientCredentialsScopes: ['reports:read', 'reports:write'],
          },
        ],
      },
    }),
  ],
})
class IssuerModule {}

/** The application that issues tokens. */
export async function startIssuer(): Promise<void> {
  const app = await NestFactory.create(IssuerModule);
  app.enableShutdownHooks();
  await app.listen(new URL(issuer).port);
}
