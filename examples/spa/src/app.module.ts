import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { ReportsController } from './reports.controller.js';

const issuer = `http://localhost:${process.env.PORT}`;

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      issuer,
      secret: process.env.AUTH_SECRET!,
      jwt: true,
      oauthProvider: {
        scopes: ['openid', 'profile', 'offline_access', 'reports:read'],
        clients: [
          {
            clientId: 'spa', // without a secret: what a browser runs cannot keep one
            name: 'Reports',
            redirectUris: [`${issuer}/`],
            scopes: ['openid', 'profile', 'offline_access', 'reports:read'],
            skipConsent: true, // a page of this very application
            metadata: { post_logout_redirect_uris: [`${issuer}/`] },
          },
        ],
      },
    }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
