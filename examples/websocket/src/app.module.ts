import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { ChatGateway } from './chat.gateway.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({ issuer: `http://localhost:${process.env.PORT}`, secret: process.env.AUTH_SECRET! }),
  ],
  providers: [ChatGateway],
})
export class AppModule {}
