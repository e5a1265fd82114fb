import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { McpController } from './mcp.controller.js';

const issuer = `http://localhost:${process.env.PORT}`; // https, where it is more than a trial

@Module({
  imports: [
    TypeOrmModule.forRoot(authDataSource({ url: process.env.DATABASE_URL!, migrationsRun: true })),
    AuthModule.forRoot({
      issuer,
      secret: process.env.AUTH_SECRET!,
      jwt: true,
      allowPrivateNetwork: process.env.LOCAL_DOCUMENTS === 'yes', // for clients whose metadata document is on this machine
      resources: [
        {
          resource: `${issuer}/mcp`,
          name: 'Notes',
          scopes: ['notes:read', 'notes:write'],
          minimumScopes: ['notes:read'], // what clients ask for when they connect
        },
      ],
      oauthProvider: {
        scopes: ['notes:read', 'notes:write', 'offline_access'],
        clientMetadataDocuments: {}, // clients that publish their metadata at an address, which is their id
        dynamicRegistration: 'open', // those that do not yet
        clients: [
          {
            clientId: 'notes-cli',
            name: 'Notes on the command line',
            redirectUris: ['http://localhost/callback'], // of any port: it is a loopback address
            scopes: ['notes:read', 'notes:write', 'offline_access'],
          },
        ],
      },
    }),
  ],
  controllers: [McpController],
})
export class AppModule {}
