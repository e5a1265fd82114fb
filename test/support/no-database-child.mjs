// Runs where TypeORM and pg cannot be resolved. Starts a resource server on both adapters, calls it, and prints what it saw.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DocumentBuilder } from '@nestjs/swagger';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { BearerAuth, CurrentPrincipal, ResourceServerModule, Roles } from 'nest-authority/resource-server';
import { createAuthDocument } from 'nest-authority/swagger';

const issuer = 'https://login.example.com';
const { privateKey, publicKey } = await generateKeyPair('ES256');
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] };
const token = await new SignJWT({ client_id: 'shop', roles: ['admin'] })
  .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
  .setIssuer(issuer)
  .setSubject('ann')
  .setAudience('api')
  .setExpirationTime('5m')
  .sign(privateKey);

class ReportsController {
  mine(principal) {
    return { subject: principal.subjectId };
  }
  all() {
    return { reached: true };
  }
}
const decorate = (name, ...decorators) => {
  for (const one of decorators)
    one(ReportsController.prototype, name, Object.getOwnPropertyDescriptor(ReportsController.prototype, name));
};
CurrentPrincipal()(ReportsController.prototype, 'mine', 0);
decorate('mine', Get('mine'), BearerAuth());
decorate('all', Get('all'), BearerAuth(), Roles('admin'));
Controller('reports')(ReportsController);

class AppModule {}
Module({
  imports: [ResourceServerModule.forRoot({ issuers: [{ issuer, jwks, roles: 'roles' }], audience: 'api' })],
  controllers: [ReportsController],
})(AppModule);

async function use(adapter) {
  const options = { logger: false };
  const app = await (adapter
    ? NestFactory.create(AppModule, adapter, options)
    : NestFactory.create(AppModule, options));
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const call = (path, headers = {}) => fetch(`${url}/reports/${path}`, { headers });
  const authorization = `Bearer ${token}`;
  const seen = {
    stranger: (await call('mine')).status,
    mine: await (await call('mine', { authorization })).json(),
    all: (await call('all', { authorization })).status,
    documented: Object.keys(createAuthDocument(app, new DocumentBuilder().build()).paths),
  };
  await app.close();
  return seen;
}

const missing = {};
for (const name of ['typeorm', 'pg', '@nestjs/typeorm', 'nest-authority'])
  missing[name] = await import(name).then(
    () => null,
    ({ code }) => code,
  );
console.log(JSON.stringify({ missing, express: await use(), fastify: await use(new FastifyAdapter()) }));
