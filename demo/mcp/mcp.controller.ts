import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { All, Controller, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ProtectedResource, Scopes } from 'nest-authority';
import { McpEndpoint } from 'nest-authority/mcp';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { notesServer } from './notes.js';

/** Of either adapter: Fastify wraps Node's own, and has to be told that somebody else answers. */
type Wrapped<T> = T & { readonly raw?: T; readonly body?: unknown; hijack?(): void };

/** An MCP server: any client may connect to `/mcp`, and asks for `write:data` when it first adds a note. */
@ApiExcludeController()
@Controller('mcp')
@ProtectedResource('/mcp')
@Scopes('read:data')
@McpEndpoint({ tools: { add_note: 'write:data' } })
export class McpController {
  private readonly handle = toNodeHandler(createMcpHandler(notesServer));

  @All()
  serve(@Req() request: Wrapped<IncomingMessage>, @Res() reply: Wrapped<ServerResponse>): Promise<void> {
    reply.hijack?.();
    return this.handle(request.raw ?? request, reply.raw ?? reply, request.body);
  }
}
