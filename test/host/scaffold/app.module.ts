import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ReportsController } from './reports.controller.js';
import { authDataSource, AuthModule } from 'nest-authority';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      // Where browsers reach this server. On another address they get INVALID_ORIGIN; if it is https, they get no cookies over http.
      issuer: process.env.ISSUER ?? 'http://localhost:3000',
      secret: process.env.AUTH_SECRET!,
      accounts: { session: { scopes: ['reports:read'] } }, // of every user; default: no scopes
    }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
