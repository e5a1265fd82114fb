import { Controller, Get, Post, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { ApiKeyAuth, BearerAuth, OptionalAuth, Public, Scopes } from '../../src/index.js';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createTestApp, type TestApp } from '../support/app.js';

@Controller('host')
@BearerAuth()
class HostController {
  @Get('secured')
  secured() {}
  @Get('either')
  @ApiKeyAuth()
  @BearerAuth()
  either() {}
  @Get('open')
  @Public()
  open() {}
  @Get('maybe')
  @OptionalAuth()
  maybe() {}
  @Post('scoped')
  @Scopes('reports:read')
  scoped() {}
}

type Operation = {
  summary?: string;
  security?: object[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
};

describe('the API document', () => {
  let host: TestApp;
  let document: OpenAPIObject;
  const make = (app: INestApplication) =>
    createAuthDocument(
      app,
      new DocumentBuilder().addBearerAuth(undefined, 'own').addSecurityRequirements('own').build(),
    );
  const operation = (path: string, method: 'get' | 'post') =>
    (document.paths[path] as unknown as Record<string, Operation>)[method]!;

  beforeAll(async () => {
    host = await createTestApp({ controllers: [HostController], auth: { jwt: true } });
    document = make(host.app);
  });
  afterAll(() => host.close());

  it('200 every route of ours has a summary, a success schema and error answers from the same schemas', () => {
    const ours = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/auth/'));
    expect(ours.length).toBeGreaterThan(12);
    for (const [path, methods] of ours) {
      for (const [method, described] of Object.entries(methods as unknown as Record<string, Operation>)) {
        const name = `${method} ${path}`;
        expect([name, typeof described.summary]).toEqual([name, 'string']);
        const success = described.responses['200'] ?? described.responses['201'];
        const hasSchema = success?.content?.['application/json']?.schema !== undefined;
        // Where a link of a mail leads.
        const leadsOn = success === undefined && described.responses['302'] !== undefined;
        expect([name, hasSchema || leadsOn]).toEqual([name, true]);
        expect([name, described.responses['503'] !== undefined]).toEqual([name, true]);
      }
    }
  });

  it('200 a request body is described by the schema that validates it', () => {
    const body = operation('/api/auth/sign-in/email', 'post').requestBody!;
    expect(body.content['application/json']!.schema.$ref).toBe('#/components/schemas/AuthSignInBody');
    const schema = document.components!.schemas!['AuthSignInBody'] as { properties: object; required: string[] };
    expect(Object.keys(schema.properties)).toEqual(['email', 'password', 'callbackURL', 'rememberMe', 'oauth_query']);
    expect(schema.required).toEqual(['email', 'password']);
  });

  it('403 administration has a scheme of its own, so that its routes can be tried out', () => {
    expect(operation('/api/auth/admin/keys/rotate', 'post').security).toEqual([{ administration: [] }]);
    expect(document.components!.securitySchemes!['administration']).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  it('401 several schemes on one route are alternatives', () => {
    expect(operation('/host/either', 'get').security).toEqual(expect.arrayContaining([{ bearer: [] }, { apiKey: [] }]));
    expect(operation('/host/either', 'get').security).toHaveLength(2);
    expect(operation('/host/secured', 'get').security).toEqual([{ bearer: [] }]);
    expect(operation('/host/secured', 'get').responses).toHaveProperty('401');
    expect(operation('/host/secured', 'get').responses).toHaveProperty('200');
  });

  it('200 @Public below a secured class has no security, also against a global requirement', () => {
    expect(operation('/host/open', 'get').security).toEqual([]);
    expect(operation('/host/open', 'get').responses).not.toHaveProperty('401');
  });

  it('200 @OptionalAuth may be called with nothing', () => {
    expect(operation('/host/maybe', 'get').security).toContainEqual({});
  });

  it('403 scopes are named', () => {
    const { responses } = operation('/host/scoped', 'post') as unknown as {
      responses: Record<string, { description: string }>;
    };
    expect(responses['403']!.description).toContain('reports:read');
    expect(responses).toHaveProperty('201');
  });

  it('200 the schemes in use are described, and making the document twice gives the same', () => {
    expect(Object.keys(document.components!.securitySchemes!)).toEqual(
      expect.arrayContaining(['bearer', 'apiKey', 'session']),
    );
    expect(document.components!.securitySchemes!['session']).toMatchObject({ name: 'better-auth.session_token' });
    expect(make(host.app)).toEqual(document);
  });
});
