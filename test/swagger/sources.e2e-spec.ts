import { DocumentBuilder } from '@nestjs/swagger';
import { descriptionOf } from '../../src/common/http/routes/describe-route.js';
import { TokenBody } from '../../src/common/grants/oauth.schemas.js';
import { Extensions } from '../../src/common/extensions.js';
import { METADATA_MEMBERS } from '../../src/oauth-provider/clients/metadata/client-metadata-input.js';
import { createAuthDocument } from '../../src/swagger/index.js';
import { reads, routesOf } from '../../src/swagger/routes.js';
import { operationsOf, type ApiDocument, type NamedOperation } from '../support/api-document.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { providerOptions } from '../support/oauth.js';

/** Handlers that read a query or a body which the document leaves out, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'getUserinfo query': 'read only to refuse a token there (RFC 6750 2.3)',
  'getUserinfoByForm query': 'read only to refuse a token there (RFC 6750 2.3)',
};

describe('F32: the API document is made from what parses', () => {
  let host: TestApp;
  let document: ApiDocument;
  let byId: Map<string, NamedOperation>;
  beforeAll(async () => {
    const scopes = {
      'reports:read': { title: 'See your reports', description: 'All of them' },
      'reports:write': { title: { en: 'Write reports', de: 'Berichte schreiben' } },
    };
    host = await createTestApp({
      auth: {
        ...providerOptions({ clients: [], scopes: { openid: { title: 'Know you' }, ...scopes } }),
        accountLinking: { providers: [] },
        apiKeys: {},
        clientCredentials: {},
        device: {},
        jwt: true,
      },
    });
    document = createAuthDocument(host.app, new DocumentBuilder().build()) as unknown as ApiDocument;
    byId = new Map(operationsOf(document).map((one) => [one.operation.operationId, one]));
  });
  afterAll(() => host.close());

  it('every operation whose handler reads a query or a body documents it', () => {
    const missing: string[] = [];
    let read = 0;
    for (const route of routesOf(host.app)) {
      const { hidden, aliasOf, id } = route.description ?? { hidden: true };
      if (hidden || aliasOf !== undefined) continue;
      const operation = byId.get(id ?? '')?.operation;
      if (!operation) missing.push(`${route.controller.name}.${route.name} has no entry`);
      const query = operation?.parameters?.some((one) => one.in === 'query');
      if (reads(route, 'query') && !query) missing.push(`${id} query`);
      if (reads(route, 'body') && !operation?.requestBody) missing.push(`${id} body`);
      read += Number(reads(route, 'query')) + Number(reads(route, 'body'));
    }
    expect(read).toBeGreaterThan(60);
    expect(missing.toSorted()).toEqual(Object.keys(LEFT_OUT).toSorted());
  });

  it('every route of ours has an id, or says why it has no entry', () => {
    const nameless = routesOf(host.app)
      .map(({ handler, name, controller }) => [`${controller.name}.${name}`, descriptionOf(handler)] as const)
      .filter(([, one]) => one && !one.hidden && one.id === undefined && one.aliasOf === undefined);
    expect(nameless.map(([name]) => name)).toEqual([]);
    const ids = new Set(byId.keys());
    const lost = routesOf(host.app).flatMap(({ description }) => description?.aliasOf ?? []);
    expect(lost.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('RFC 6749 3.2 the token request has the parameters of every grant', () => {
    const taken = host.app.get(Extensions).grants.flatMap(({ parameters }) => parameters);
    expect(taken.length).toBeGreaterThan(5);
    expect(Object.keys(TokenBody.shape)).toEqual(expect.arrayContaining(taken));
  });

  it('RFC 7591 2 a registration has every member that is read, with its type', () => {
    const { properties } = document.components['schemas']!['AuthClientMetadataBody'] as {
      properties: Record<string, unknown>;
    };
    expect(Object.keys(properties).toSorted()).toEqual([...METADATA_MEMBERS].toSorted());
    expect(properties['default_max_age']).toMatchObject({ type: 'integer', minimum: 0 });
    expect(properties['subject_type']).toMatchObject({ enum: ['public', 'pairwise'] });
  });

  it('what is needed and typed in a query is so in the document', () => {
    const parameters = byId.get('listApiKeys')!.operation.parameters as unknown as { name: string; schema: object }[];
    const schemaOf = (name: string) => parameters.find((one) => one.name === name)!.schema;
    expect(schemaOf('limit')).toEqual({ type: 'integer', minimum: 0, maximum: 500 });
    expect(schemaOf('enabled')).toEqual({ type: 'boolean' });
    expect(byId.get('getApiKey')!.operation.parameters).toContainEqual(
      expect.objectContaining({ name: 'id', in: 'query', required: true }),
    );
  });

  it('forms are bodies of the protocol routes', () => {
    for (const id of ['exchangeToken', 'introspectToken', 'revokeToken', 'requestDeviceCode', 'pollDeviceToken']) {
      const { content } = byId.get(id)!.operation.requestBody!;
      expect([id, Object.keys(content)]).toEqual([id, ['application/json', 'application/x-www-form-urlencoded']]);
    }
    expect(Object.keys(byId.get('signInWithEmail')!.operation.requestBody!.content)).toEqual(['application/json']);
  });

  it('headers of answers are told', () => {
    const headers = (id: string, status: string) =>
      Object.keys(byId.get(id)!.operation.responses[status]!.headers ?? {});
    expect(headers('signInWithEmail', '200')).toEqual(['Set-Cookie', 'set-auth-token']);
    expect(headers('signInWithEmail', '429')).toEqual(['Retry-After']);
    expect(headers('listSessions', '401')).toEqual(['WWW-Authenticate']);
    expect(headers('verifyApiKey', '429')).toEqual(['Retry-After', 'RateLimit', 'RateLimit-Policy']);
    expect(headers('authorize', '302')).toEqual(['Location']);
  });

  it('errors have the shape of their route', () => {
    const schema = (id: string, status: string) =>
      byId.get(id)!.operation.responses[status]!.content!['application/json']!.schema;
    expect(schema('exchangeToken', '400')).toEqual({ $ref: '#/components/schemas/AuthOAuthError' });
    expect(schema('createApiKey', '400')).toEqual({ $ref: '#/components/schemas/AuthManagementError' });
    const { content } = byId.get('authorize')!.operation.responses['400']!;
    expect(Object.keys(content!)).toEqual(['application/json', 'text/html']);
  });

  it('scopes have the texts of the host', () => {
    const { flows } = document.components['securitySchemes']!['oauth2'] as {
      flows: Record<string, { scopes: object }>;
    };
    const scopes = {
      openid: 'Know you',
      'reports:read': 'See your reports. All of them',
      'reports:write': 'Write reports',
    };
    expect(flows['authorizationCode']!.scopes).toEqual(scopes);
    expect(flows['clientCredentials']!.scopes).toEqual(scopes);
  });
});
