import { All, Controller, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ProtectedResource, Scopes, type StaticClientOptions } from '../../src/index.js';
import { McpEndpoint } from '../../src/mcp/index.js';
import { DEFAULT_ADAPTER } from './adapter.js';
import { createTestApp } from './app.js';
import { startDocumentHost, type DocumentHost } from './document-host.js';
import { freePort } from './free-port.js';
import { SdkTwoController } from './mcp-servers.js';
import type { IssuerHost } from './relying-party.js';

/** Where clients of tests get their answers; nothing listens there. */
export const LOOPBACK = 'http://localhost:8976/callback';
/** A client that is known beforehand. */
export const KNOWN: StaticClientOptions = {
  clientId: 'known',
  clientSecret: 'a secret of the known client 0123456789',
  redirectUris: [LOOPBACK, 'http://127.0.0.1/oauth/callback'],
  scopes: ['notes:read', 'notes:write', 'offline_access'],
  metadata: { application_type: 'native' },
};

@Controller('mcp')
@ProtectedResource('/mcp')
@Scopes('notes:read')
@McpEndpoint({ tools: { add_note: 'notes:write' } })
class McpController extends SdkTwoController {
  @All() override handle(@Req() framework: IncomingMessage & { body?: unknown }, @Res() reply: ServerResponse) {
    return super.handle(framework, reply);
  }
}

export interface McpHost extends IssuerHost {
  readonly mcp: string;
  readonly documents: DocumentHost;
}

/** An MCP server and its issuer in one application, at its own address, as people run it; and a place for documents of clients. */
export async function createMcpHost(): Promise<McpHost> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const documents = await startDocumentHost();
  const host = await createTestApp({
    port,
    adapter: DEFAULT_ADAPTER,
    controllers: [McpController],
    auth: {
      issuer,
      jwt: true,
      allowPrivateNetwork: true,
      resources: [{ resource: `${issuer}/mcp`, scopes: ['notes:read', 'notes:write'], minimumScopes: ['notes:read'] }],
      oauthProvider: {
        scopes: ['notes:read', 'notes:write', 'offline_access'],
        clients: [KNOWN],
        dynamicRegistration: 'open',
        clientMetadataDocuments: { enabled: true },
      },
    },
  });
  const close = async () => {
    await host.close();
    await documents.close();
  };
  return { ...host, issuer, mcp: `${issuer}/mcp`, documents, close };
}
