import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ReportsController } from './reports.controller.js';
import { authDataSource, AuthModule } from 'nest-authority';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      // Where browsers reach this server: on another address they get INVALID_ORIGIN, and no cookies when it is https and they come by http.
      issuer: process.env.ISSUER ?? 'http://localhost:3000',
      secret: process.env.AUTH_SECRET!,
      accounts: { session: { scopes: ['reports:read'] } }, // of everybody who signs in; by default nobody has any
    }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
