import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer, requireScopes } from '@modelcontextprotocol/server';
import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { McpEndpoint, mayCallTool, principalOf, ToolScopes } from '../../src/mcp/index.js';
import {
  AnyScope,
  AuthContext,
  BearerAuth,
  CurrentPrincipal,
  OptionalAuth,
  Public,
  Scopes,
  type AuthPrincipal,
} from '../../src/resource-server/index.js';
import { ADAPTERS } from '../support/adapter.js';
import { send, type Answer } from '../support/http.js';
import { MCP, nodeOf, text } from '../support/mcp-servers.js';
import { createResourceServer, type ResourceServer } from '../support/resource-server.js';
import { VendorIssuer } from '../support/vendor-issuer.js';

const ISSUER = 'https://login.example.com';
type Incoming = IncomingMessage & { body?: unknown };

/** Tools that tell what they know; each of the routes below has them. */
class Tools {
  @Inject(AuthContext) private readonly auth!: AuthContext;
  private readonly handle = toNodeHandler(
    createMcpHandler((asked) => {
      const server = new McpServer({ name: 'notes', version: '1.0.0' });
      server.registerTool('whoami', {}, (context) =>
        text([principalOf(context), principalOf(asked), this.auth.principal].map((one) => one?.subjectId ?? null)),
      );
      server.registerTool('write', {}, () => text('written'));
      const remove = server.registerTool('remove', {}, () => text('removed'));
      if (!mayCallTool(asked, 'remove')) remove.disable();
      server.registerTool('own', { scopeChallenge: requireScopes('notes:own') }, () => text('own'));
      return server;
    }),
  );

  protected async answer(framework: Incoming, reply: ServerResponse): Promise<void> {
    const { request, response } = nodeOf(framework, reply);
    await this.handle(request, response as never, framework.body);
  }
}

const TOOLS = { write: 'notes:write', remove: ['notes:write', 'notes:remove'] };

@Controller('plain')
@McpEndpoint({ tools: TOOLS })
@Scopes('notes:read')
@BearerAuth()
class PlainController extends Tools {
  @All() serve(@Req() request: Incoming, @Res() reply: ServerResponse) {
    return this.answer(request, reply);
  }
}

/** The decorators the other way round, on the method, with a group of scopes. */
@Controller('turned')
class TurnedController extends Tools {
  @All() @BearerAuth() @AnyScope('notes:read', 'notes:admin') @McpEndpoint({ tools: TOOLS }) serve(
    @Req() request: Incoming,
    @Res() reply: ServerResponse,
    @CurrentPrincipal() principal: AuthPrincipal,
  ) {
    reply.setHeader?.('x-subject', principal.subjectId);
    return this.answer(request, reply);
  }
}

@Controller('optional')
@BearerAuth()
@OptionalAuth()
@McpEndpoint({ tools: TOOLS })
class OptionalController extends Tools {
  @All() serve(@Req() request: Incoming, @Res() reply: ServerResponse) {
    return this.answer(request, reply);
  }
}

@Controller('public')
@Public()
@McpEndpoint({ tools: TOOLS })
class PublicController extends Tools {
  @All() serve(@Req() request: Incoming, @Res() reply: ServerResponse) {
    return this.answer(request, reply);
  }
}

describe.each(ADAPTERS)('scopes of tools on %s', (adapter) => {
  const issuer = new VendorIssuer();
  let host: ResourceServer;
  beforeAll(async () => {
    await issuer.start();
    const impliedScopes = {
      'notes:all': ['notes:keep', 'notes:own'],
      'notes:keep': ['notes:read', 'notes:write', 'notes:remove'],
    };
    const issuers = [{ issuer: ISSUER, jwks: { keys: [issuer.jwk as { kty: string }] } }];
    host = await createResourceServer(
      { issuers, audience: MCP, impliedScopes },
      {
        adapter,
        controllers: [PlainController, TurnedController, OptionalController, PublicController],
      },
    );
  });
  afterAll(async () => {
    await host?.close();
    await issuer.stop();
  });

  async function rpc(route: string, method: string, params: object, scope: string | null): Promise<Answer> {
    const claims = { iss: ISSUER, sub: 'ann', aud: MCP, client_id: 'agent', scope: scope ?? '' };
    const bearer = scope === null ? {} : { bearer: await issuer.sign(claims, { typ: 'at+jwt' }) };
    const headers = { accept: 'application/json, text/event-stream' };
    return send(`${host.url}/${route}`, { body: { jsonrpc: '2.0', id: 1, method, params }, headers, ...bearer });
  }
  const call = (route: string, name: string, scope: string | null) =>
    rpc(route, 'tools/call', { name, arguments: {} }, scope);
  const challenge = ({ headers }: Answer) => /scope="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1];

  it.each(['plain', 'turned'])(
    '403 at %s names all scopes of the operation, also where those of the route are lacking',
    async (route) => {
      const lacking = await call(route, 'remove', 'other');
      expect([lacking.status, lacking.body.error]).toEqual([403, 'insufficient_scope']);
      expect(challenge(lacking)).toContain('notes:write notes:remove');
      const some = await call(route, 'remove', 'notes:read notes:write');
      expect(some.status).toBe(403);
      expect(challenge(some)).toBe(
        route === 'plain' ? 'notes:read notes:write notes:remove' : 'notes:write notes:remove notes:read',
      );
      expect((await call(route, 'write', 'notes:read notes:write')).text).toContain('written');
      expect((await call(route, 'whoami', 'notes:read')).status).toBe(200);
    },
  );

  it('a tool, the factory of its server and AuthContext know the caller; so does the controller', async () => {
    const answer = await call('turned', 'whoami', 'notes:admin');
    const id = `${ISSUER}|ann`;
    for (const one of [answer.text, (await call('plain', 'whoami', 'notes:read')).text])
      expect(one).toContain(JSON.stringify(JSON.stringify([id, id, id])).slice(1, -1));
  });

  it('hides a tool from those who may not call it, where the server asks', async () => {
    const narrow = await rpc('plain', 'tools/list', {}, 'notes:read');
    expect([narrow.text.includes('"write"'), narrow.text.includes('"remove"')]).toEqual([true, false]);
    expect((await rpc('plain', 'tools/list', {}, 'notes:read notes:write notes:remove')).text).toContain('"remove"');
  });

  it('scopes that a wider one implies count, at the route, for tools, for lists and in the SDK', async () => {
    expect((await call('plain', 'remove', 'notes:all')).text).toContain('removed');
    expect((await rpc('plain', 'tools/list', {}, 'notes:keep')).text).toContain('"remove"');
    expect((await call('plain', 'own', 'notes:all')).status).toBe(200);
    expect([
      (await call('plain', 'own', 'notes:keep')).status,
      (await call('turned', 'remove', 'notes:own')).status,
    ]).toEqual([403, 403]);
  });

  it('scopeChallenge of SDK 2 finds the scopes of the token', async () => {
    const lacking = await call('plain', 'own', 'notes:read');
    expect([lacking.status, challenge(lacking)]).toEqual([403, 'notes:own']);
    expect((await call('plain', 'own', 'notes:read notes:own')).status).toBe(200);
  });

  it.each(['optional', 'public'])(
    '401 at %s for strangers who call a tool with scopes; others they may call',
    async (route) => {
      expect((await call(route, 'whoami', null)).text).toContain('[null,null,null]');
      const refused = await call(route, 'write', null);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect((await rpc(route, 'tools/list', {}, null)).text).not.toContain('"remove"');
      if (route === 'optional') expect((await call(route, 'write', 'notes:write')).text).toContain('written');
    },
  );
});

describe('wrong scopes of tools', () => {
  it.each([
    ['none', () => McpEndpoint({ tools: { write: [] } })],
    ['an empty one', () => McpEndpoint({ tools: { write: '' } })],
    ['two in one text', () => McpEndpoint({ tools: { write: 'notes:read notes:write' } })],
    ['no text', () => McpEndpoint({ tools: { write: 7 as unknown as string } })],
    ['none at a tool', () => ToolScopes()],
    ['a quote', () => ToolScopes('notes"')],
  ])('stop the start: %s', (_what, decorate) => {
    expect(decorate).toThrow(/give one scope or more, none with spaces or quotes/);
  });
});
