import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createResourceServer } from '../support/resource-server.js';

describe('the API document of a resource server', () => {
  let document: OpenAPIObject;
  beforeAll(async () => {
    const host = await createResourceServer({
      issuers: [{ issuer: 'https://login.example.com/realms/shop' }],
      audience: 'api',
    });
    document = createAuthDocument(host.app, new DocumentBuilder().setTitle('Reports').build());
    await host.close();
  });
  const operation = (path: string) => document.paths[`/api/${path}`]!.get!;

  it('names the issuer where Swagger UI finds how to sign in, and a token as an alternative', () => {
    const openIdConnectUrl = 'https://login.example.com/realms/shop/.well-known/openid-configuration';
    expect(document.components!.securitySchemes).toEqual({
      oauth2: { type: 'openIdConnect', openIdConnectUrl },
      bearer: expect.objectContaining({
        type: 'http',
        scheme: 'bearer',
        description: expect.stringContaining('issuer'),
      }),
    });
  });

  it('has the security of each route, without schemes that nothing here verifies', () => {
    expect(operation('me').security).toEqual([{ bearer: [] }, { oauth2: [] }]);
    expect(operation('scoped').security).toEqual([{ bearer: [] }, { oauth2: ['reports:read'] }]);
    expect(operation('optional').security).toEqual([{ bearer: [] }, { oauth2: [] }, {}]);
    expect(operation('open').security).toEqual([]);
  });

  it('says with which scopes and roles a route is open: 403', () => {
    const described = (path: string) => (operation(path).responses['403'] as { description: string }).description;
    expect(described('scoped')).toBe('INSUFFICIENT_SCOPE: needs reports:read');
    expect(described('admin')).toBe('FORBIDDEN: needs the role admin or owner');
    expect(operation('me').responses).not.toHaveProperty('403');
    expect(Object.keys(operation('me').responses)).toEqual(expect.arrayContaining(['200', '400', '401', '503']));
  });
});
