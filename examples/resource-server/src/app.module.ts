import { Module } from '@nestjs/common';
import { ResourceServerModule } from 'nest-authority/resource-server';
import { audience, issuer, roles, type } from './environment.js';
import { ReportsController } from './reports.controller.js';

@Module({
  imports: [
    ResourceServerModule.forRoot({
      issuers: [{ issuer, type }],
      audience,
      roles,
      // An issuer by plain http is one on this machine: for development.
      allowPrivateNetwork: issuer.startsWith('http://'),
    }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
