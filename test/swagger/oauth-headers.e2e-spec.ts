import { DocumentBuilder } from '@nestjs/swagger';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { ApiDocument } from '../support/api-document.js';
import { providerOptions } from '../support/oauth.js';

describe('F33: what pushed requests and proofs add to the API document', () => {
  let host: TestApp;
  let document: ApiDocument;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions() });
    document = createAuthDocument(host.app, new DocumentBuilder().build()) as unknown as ApiDocument;
  });
  afterAll(() => host?.close());
  const operation = (method: string, path: string) => (document.paths[`/api/auth/oauth2/${path}`] as any)[method];
  const namesOf = (method: string, path: string): string[] =>
    (operation(method, path).parameters ?? []).map(({ name }: { name: string }) => name);

  it.each([
    ['post', 'token', '200', '400'],
    ['post', 'par', '201', '400'],
    ['get', 'userinfo', '200', '401'],
    ['post', 'userinfo', '200', '401'],
  ] as const)(
    'RFC 9449 4.1, 8: %s %s takes a proof, and answers %s and %s may have a nonce',
    (method, path, ...answers) => {
      const [proof] = operation(method, path).parameters.filter(({ name }: { name: string }) => name === 'DPoP');
      expect(proof).toMatchObject({ in: 'header', required: false, description: expect.stringContaining('RFC 9449') });
      for (const status of answers)
        expect(operation(method, path).responses[status].headers['DPoP-Nonce'].description).toContain('nonce');
    },
  );

  it('routes that take no proof do not speak of one', () => {
    expect(namesOf('get', 'authorize')).not.toContain('DPoP');
    expect(namesOf('post', 'introspect')).not.toContain('DPoP');
  });

  it('RFC 9126 4, 2.1: request_uri goes to the authorization endpoint, and is not pushed', () => {
    expect(namesOf('get', 'authorize')).toContain('request_uri');
    const { schema } = operation('post', 'par').requestBody.content['application/x-www-form-urlencoded'];
    const pushed = (document.components!.schemas as any)[schema.$ref.split('/').at(-1)];
    expect(Object.keys(pushed.properties)).toEqual(expect.arrayContaining(['request', 'client_assertion', 'dpop_jkt']));
    expect(pushed.properties).not.toHaveProperty('request_uri');
  });
});
