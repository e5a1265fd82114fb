import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ReportsController } from './reports.controller.js';
import { authDataSource, AuthModule } from 'nest-authority';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      issuer: 'https://app.example.com',
      secret: process.env.AUTH_SECRET!,
      accounts: { session: { scopes: ['reports:read'] } }, // of everybody who signs in; by default nobody has any
    }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
