import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { readFileSync } from 'node:fs';
import { ReportsController } from './reports.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      issuer: `http://localhost:${process.env.PORT}`, // https, where it is more than a trial
      secret: process.env.AUTH_SECRET!,
      jwt: true,
      dpop: { nonce: 'required' }, // so that no proof can be made ahead of time
      oauthProvider: {
        profile: process.env.PROFILE === 'fapi2-message-signing' ? 'fapi2-message-signing' : 'fapi2',
        idTokenAlgorithms: ['ES256', 'PS256'],
        scopes: ['openid', 'offline_access', 'reports:read'],
        clients: [
          {
            clientId: 'partner',
            name: 'Partner',
            redirectUris: ['http://localhost:3001/callback'], // of a web application https; http on loopback makes it a native one
            scopes: ['openid', 'offline_access', 'reports:read'],
            tokenEndpointAuthMethod: 'private_key_jwt',
            metadata: {
              jwks: { keys: [JSON.parse(readFileSync('.data/partner-public.json', 'utf8'))] },
              dpop_bound_access_tokens: true,
            },
          },
        ],
      },
    }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
