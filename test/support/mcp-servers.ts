import { McpServer as McpServerOne } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer as McpServerTwo } from '@modelcontextprotocol/server';
import { All, Controller, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProtectedResource } from '../../src/index.js';
import { McpEndpoint, principalOf } from '../../src/mcp/index.js';

/** The identifier of the MCP servers of tests. */
export const MCP = 'https://mcp.example.com/mcp';

/** What the SDKs take: Node's own, on either adapter. */
interface Exchange {
  readonly request: IncomingMessage & { body?: unknown };
  readonly response: ServerResponse;
}

type Wrapped<T> = T & { raw?: T; hijack?(): void };

export function nodeOf(request: Wrapped<IncomingMessage>, response: Wrapped<ServerResponse>): Exchange {
  response.hijack?.();
  return { request: request.raw ?? request, response: response.raw ?? response };
}

export const text = (value: unknown) => ({ content: [{ type: 'text' as const, text: JSON.stringify(value ?? null) }] });

/** Calls of `add_note` that got through. */
export const notes: unknown[] = [];

function addNote(source: unknown) {
  notes.push(principalOf(source)?.subjectId);
  return told(source);
}

/** What tools tell of their caller. */
export function told(source: unknown) {
  const { subjectId, clientId, scopes } = principalOf(source) ?? {};
  return text({ subjectId, clientId, scopes });
}

/** Streamable HTTP by SDK 1, without sessions: a server for each request. */
@Controller('mcp')
@ProtectedResource('/mcp')
@McpEndpoint({ tools: { add_note: 'notes:write' } })
export class SdkOneController {
  @All() async handle(@Req() framework: IncomingMessage & { body?: unknown }, @Res() reply: ServerResponse) {
    const { request, response } = nodeOf(framework, reply);
    const server = new McpServerOne({ name: 'notes', version: '1.0.0' });
    server.registerTool('whoami', {}, (extra) => told(extra));
    server.registerTool('auth_info', {}, ({ authInfo }) => text(authInfo));
    server.registerTool('add_note', {}, (extra) => addNote(extra));
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await server.connect(transport as never);
    await transport.handleRequest(request, response, framework.body);
  }
}

/** The same by SDK 2. */
@Controller('mcp')
@ProtectedResource('/mcp')
@McpEndpoint({ tools: { add_note: 'notes:write' } })
export class SdkTwoController {
  private readonly handler = toNodeHandler(
    createMcpHandler(() => {
      const server = new McpServerTwo({ name: 'notes', version: '1.0.0' });
      server.registerTool('whoami', {}, (context) => told(context));
      server.registerTool('auth_info', {}, ({ http }) => text(http?.authInfo));
      server.registerTool('add_note', {}, (context) => addNote(context));
      return server;
    }),
  );

  @All() async handle(@Req() framework: IncomingMessage & { body?: unknown }, @Res() reply: ServerResponse) {
    const { request, response } = nodeOf(framework, reply);
    await this.handler(request, response as never, framework.body);
  }
}
