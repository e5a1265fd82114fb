// A host of @rekog/mcp-nest without a database: that package is CommonJS, and requires Nest, which jest cannot before Node 24.9.
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import nest from '@rekog/mcp-nest';
import { mayCallTool, McpEndpoint, principalOf, ToolPrincipal, ToolScopes } from 'nest-authority/mcp';
import {
  BearerAuth,
  CurrentPrincipal,
  OptionalAuth,
  ResourceServerModule,
  Scopes,
} from 'nest-authority/resource-server';

const { ADAPTER, JWKS, ISSUER, AUDIENCE, ROUTE, PORT } = process.env;
const transport = new nest.StreamableHttpTransport();
const strategy = new nest.McpStrategy({ name: 'notes', version: '1.0.0', transports: [transport], logging: false });

const text = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value ?? null) }] });
const told = (principal) => text(principal && { subjectId: principal.subjectId, scopes: [...principal.scopes] });

class NoteTools {
  whoami(principal) {
    return told(principal);
  }
  auth_info(context) {
    const { auth, user } = context.getRawRequest();
    return text({ auth, user });
  }
  add_note(principal, context) {
    return text({
      told: [principal, principalOf(context)].map((one) => one?.subjectId),
      may: mayCallTool(context, 'remove_note'),
    });
  }
  remove() {
    return text('removed');
  }
  hidden() {
    return text('hidden');
  }
  either() {
    return text('either');
  }
  open() {
    return text('open');
  }
}

const { Tool, PublicTool } = nest;
const decorated = {
  whoami: [Tool({ description: 'Who calls' })],
  auth_info: [Tool({ name: 'auth_info' })],
  add_note: [Tool({ name: 'add_note' }), ToolScopes('notes:write')],
  remove: [Tool({ name: 'remove_note' }), ToolScopes('notes:write'), ToolScopes('notes:remove')],
  hidden: [Tool({ name: 'hidden' }), nest.ToolScopes(['notes:admin'])],
  either: [Tool({ name: 'either' }), nest.ToolScopes(['notes:admin', 'notes:write'], { match: 'any' })],
  open: [Tool({ name: 'open' }), PublicTool(), nest.ToolScopes(['notes:admin'])],
};
for (const [name, decorators] of Object.entries(decorated))
  for (const one of decorators)
    one(NoteTools.prototype, name, Object.getOwnPropertyDescriptor(NoteTools.prototype, name));
ToolPrincipal()(NoteTools.prototype, 'whoami', 0);
Ctx()(NoteTools.prototype, 'auth_info', 0);
CurrentPrincipal()(NoteTools.prototype, 'add_note', 0);
Ctx()(NoteTools.prototype, 'add_note', 1);
nest.McpController()(NoteTools);

// `mounted`: the transport mounts its route itself, past the guards of Nest.
const controllers = [NoteTools];
if (ROUTE !== 'mounted') {
  class Endpoint extends nest.McpHttpControllerFor(transport) {}
  for (const one of [BearerAuth(), Scopes('notes:read'), McpEndpoint(), Controller('mcp')]) one(Endpoint);
  if (ROUTE === 'optional') OptionalAuth()(Endpoint);
  controllers.push(Endpoint);
}

class AppModule {}
Module({
  imports: [
    ResourceServerModule.forRoot({ issuers: [{ issuer: ISSUER, jwks: JSON.parse(JWKS) }], audience: AUDIENCE }),
  ],
  controllers,
})(AppModule);

const adapter = ADAPTER === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
strategy.setHttpAdapter(app.getHttpAdapter());
app.connectMicroservice({ strategy }, { inheritAppConfig: true });
await app.startAllMicroservices();
await app.listen(PORT, '127.0.0.1');
