import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { ProtectedResource, Scopes } from 'nest-authority';
import { actingAs, AuthTestingModule, mockPrincipal } from 'nest-authority/testing';
import { createHttpAdapter } from '../support/adapter.js';

const MCP = 'https://api.example.com/mcp';

@Controller('tools')
@ProtectedResource('/mcp')
class ToolsController {
  @Get() @Scopes('files:read') read() {
    return {};
  }
}

describe.each(['express', 'fastify'] as const)('a protected resource in a test of a host, on %s', (adapter) => {
  let app: INestApplication;
  const boot = async (options: Parameters<typeof AuthTestingModule.forRoot>[0]) => {
    const imports = [AuthTestingModule.forRoot(options)];
    const moduleRef = await Test.createTestingModule({ imports, controllers: [ToolsController] }).compile();
    app = moduleRef.createNestApplication(createHttpAdapter(adapter));
    app.useLogger(false);
    await app.init();
    if (adapter === 'fastify') await (app.getHttpAdapter().getInstance() as { ready(): Promise<void> }).ready();
  };
  afterEach(() => app?.close());

  const statusFor = async (audience: string, ...scopes: string[]) => {
    const stop = actingAs(app, mockPrincipal({ user: 'ann', client: 'agent', audience: [audience], scopes }));
    const { status } = await request(app.getHttpServer()).get('/tools');
    stop();
    return status;
  };

  it('audience, scopes with what they imply, challenge and document are as in the application', async () => {
    await boot({
      resources: [{ resource: MCP, minimumScopes: ['files:list'] }],
      impliedScopes: { 'files:write': ['files:read'] },
    });
    expect([
      await statusFor(MCP, 'files:read'),
      await statusFor(MCP, 'files:write'),
      await statusFor(MCP, 'files:list'),
      await statusFor('https://elsewhere.example', 'files:read'),
    ]).toEqual([200, 200, 403, 401]);
    const first = await request(app.getHttpServer()).get('/tools').expect(401);
    expect(first.headers['www-authenticate']).toBe(
      'Bearer realm="auth.test", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp", scope="files:list files:read"',
    );
    const document = await request(app.getHttpServer()).get('/.well-known/oauth-protected-resource/mcp').expect(200);
    expect(document.body).toMatchObject({ resource: MCP, authorization_servers: ['https://auth.test'] });
  });

  it('T184 a resource that the test does not name stops it', async () => {
    await expect(boot({})).rejects.toThrow('@ProtectedResource() at ToolsController: /mcp is none');
  });
});
