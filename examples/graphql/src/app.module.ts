import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { NotesResolver } from './notes.resolver.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      issuer: `http://localhost:${process.env.PORT}`,
      secret: process.env.AUTH_SECRET!,
      apiKeys: true,
    }),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
      // Without this line no guard runs on `Note.mine`, and the start warns of it.
      fieldResolverEnhancers: ['guards', 'filters'],
    }),
  ],
  providers: [NotesResolver],
})
export class AppModule {}
