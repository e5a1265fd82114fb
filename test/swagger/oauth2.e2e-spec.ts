import { Controller, Get } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import { Auth, BearerAuth, Scopes } from '../../src/index.js';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { providerOptions } from '../support/oauth.js';

@Controller('host')
class HostController {
  @Get('bearer')
  @BearerAuth()
  bearer() {}
  @Get('scoped')
  @Auth('bearer', 'apiKey')
  @Scopes('read:data')
  scoped() {}
  @Get('session')
  @Auth('session')
  session() {}
}

type Operation = { security?: object[] };

describe('the scheme oauth2 of the API document', () => {
  let host: TestApp;
  const securityOf = (document: OpenAPIObject, path: string) =>
    (document.paths[path] as unknown as { get: Operation }).get.security;
  const documentOf = () => createAuthDocument(host.app, new DocumentBuilder().build());
  afterEach(() => host.close());

  it('RFC 6749 4.1 names the endpoints of this server, and the scopes a route asks for', async () => {
    host = await createTestApp({ controllers: [HostController], auth: providerOptions() });
    const document = documentOf();
    expect(document.components?.securitySchemes?.['oauth2']).toMatchObject({
      type: 'oauth2',
      flows: {
        authorizationCode: {
          authorizationUrl: `${TEST_ISSUER}/api/auth/oauth2/authorize`,
          tokenUrl: `${TEST_ISSUER}/api/auth/oauth2/token`,
          scopes: expect.objectContaining({ openid: 'Know who you are', 'read:data': '' }),
        },
      },
    });
    expect(securityOf(document, '/host/bearer')).toEqual([{ bearer: [] }, { oauth2: [] }]);
    expect(securityOf(document, '/host/scoped')).toContainEqual({ oauth2: ['read:data'] });
    expect(securityOf(document, '/host/session')).toEqual([{ session: [] }]);
    // A client's token opens no route by which users manage their account.
    expect(securityOf(document, '/api/auth/list-sessions')).not.toContainEqual({ oauth2: [] });
  });

  it('is not there without a provider', async () => {
    host = await createTestApp({ controllers: [HostController] });
    const document = documentOf();
    expect(document.components?.securitySchemes).not.toHaveProperty('oauth2');
    expect(securityOf(document, '/host/bearer')).toEqual([{ bearer: [] }]);
  });
});
