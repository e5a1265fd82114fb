import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { All, Controller, Req, Res } from '@nestjs/common';
import { ProtectedResource, Scopes } from 'nest-authority';
import { McpEndpoint } from 'nest-authority/mcp';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { notesServer } from './notes.js';

@Controller('mcp')
@ProtectedResource('/mcp')
@Scopes('notes:read')
@McpEndpoint({ tools: { add_note: 'notes:write' } })
export class McpController {
  private readonly handle = toNodeHandler(createMcpHandler(notesServer));

  @All()
  serve(@Req() request: IncomingMessage & { body?: unknown }, @Res() response: ServerResponse) {
    return this.handle(request, response, request.body);
  }
}
