import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { ProtectedController } from './protected.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env['DATABASE_URL']!, migrationsRun: true })),
    AuthModule.forRoot({ issuer: 'http://localhost:3000', secret: process.env['AUTH_SECRET']! }),
  ],
  controllers: [ProtectedController],
})
export class AppModule {}
