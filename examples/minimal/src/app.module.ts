import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { ReportsController } from './reports.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({ issuer: `http://localhost:${process.env.PORT}`, secret: process.env.AUTH_SECRET! }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
