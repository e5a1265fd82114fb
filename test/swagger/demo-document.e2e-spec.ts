import { operationsOf, startDocumentedDemo, type ApiDocument, type NamedOperation } from '../support/api-document.js';

describe('F32, F34: the API document of the demo', () => {
  let document: ApiDocument;
  let operations: NamedOperation[];
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ document, close } = await startDocumentedDemo());
    operations = operationsOf(document);
  });
  afterAll(() => close());
  /** The operations that break a rule. */
  const breaking = (rule: (one: NamedOperation) => unknown) =>
    operations.filter((one) => !rule(one)).map(({ method, path }) => `${method} ${path}`);

  it('is OpenAPI 3.1, with a licence, servers and a word on the boxes of Authorize', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ license: { name: 'MIT' } });
    expect(document.info['description']).toMatch(/\*\*Authorize\*\*.*`oauth2`.*`bearer`.*`apiKey`.*`administration`/);
    expect(document.servers[0]!.url).toBe('/');
    expect(JSON.stringify(document)).not.toMatch(/"nullable"|"exclusiveM\w+":(?:true|false)/);
  });

  it('has no component that nothing refers to', () => {
    const text = JSON.stringify(document);
    const unused = Object.keys(document.components['schemas']!).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    );
    expect(unused).toEqual([]);
    const used = new Set(operations.flatMap(({ operation }) => operation.security!.flatMap(Object.keys)));
    expect(Object.keys(document.components['securitySchemes']!).toSorted()).toEqual([...used].toSorted());
  });

  it('200 every success answer but 204 has content with a schema', () => {
    const isWhole = ([status, { content }]: [string, { content?: object }]) =>
      !/^2/.test(status) || status === '204' || Object.values(content ?? {}).every((media) => 'schema' in media);
    expect(breaking(({ operation }) => Object.entries(operation.responses).every(isWhole))).toEqual([]);
    const hasContent = ([status, { content }]: [string, { content?: object }]) =>
      !/^2/.test(status) || status === '204' || Object.keys(content ?? {}).length > 0;
    expect(breaking(({ operation }) => Object.entries(operation.responses).every(hasContent))).toEqual([]);
  });

  it('every operation has an id that reads as a method, its own, one tag with a text, and a description', () => {
    expect(breaking(({ operation }) => /^[a-z][a-zA-Z0-9]+$/.test(operation.operationId))).toEqual([]);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['signInWithEmail', 'createApiKey', 'exchangeToken', 'whoami']));
    const described = new Set(document.tags.filter(({ description }) => description).map(({ name }) => name));
    expect(breaking(({ operation: { tags } }) => tags?.length === 1 && described.has(tags[0]!))).toEqual([]);
    expect(document.tags.map(({ name }) => name).length).toBe(new Set(document.tags.map(({ name }) => name)).size);
    expect(breaking(({ operation }) => operation.description)).toEqual([]);
  });

  it('one entry for each route: further names are told in its description', () => {
    const paths = Object.keys(document.paths);
    expect(paths.filter((path) => path.startsWith('/api/auth/oauth/'))).toEqual([]);
    expect(paths).not.toContain('/api/auth/user/list-sessions');
    expect(document.paths['/api/auth/oauth2/token']!['post']!.description).toContain('`/api/auth/oauth/token`');
    expect(document.paths['/api/auth/list-sessions']!['get']!.description).toContain('`/api/auth/user/list-sessions`');
    expect(document.paths['/api/auth/one-time-token/generate']!['get']!.description).toContain(
      '`POST /api/auth/one-time-token/generate`',
    );
  });

  it('every parameter and every member of a body says what it is', () => {
    const silent = operations.flatMap(({ operation: { operationId, parameters = [] } }) =>
      parameters.filter(({ description }) => !description).map(({ name }) => `${operationId} ${name}`),
    );
    expect(silent).toEqual([]);
    const members = operations.flatMap(({ operation: { operationId, requestBody } }) => {
      const schema = resolved(document, requestBody?.content['application/json']?.schema ?? {});
      return Object.entries((schema['properties'] ?? {}) as Record<string, Record<string, unknown>>)
        .filter(([, member]) => !resolved(document, member)['description'])
        .map(([name]) => `${operationId} ${name}`);
    });
    expect(members).toEqual([]);
  });

  it('every body has a whole example', () => {
    const bodies = operations.filter(({ operation }) => operation.requestBody);
    expect(bodies.length).toBeGreaterThan(40);
    const isPrepared = ({ operation }: NamedOperation) =>
      Object.values(operation.requestBody?.content ?? {}).every(({ example }) => example !== undefined);
    expect(breaking(isPrepared)).toEqual([]);
  });

  it('no page is in it', () => {
    for (const path of ['sign-in', 'account', 'oauth2/consent/page', 'error'])
      expect(document.paths).not.toHaveProperty([`/api/auth/${path}`]);
    expect(document.paths['/api/auth/oauth2/consent']).not.toHaveProperty('get');
  });
});

function resolved({ components }: ApiDocument, schema: Record<string, unknown>): Record<string, unknown> {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1)! : undefined;
  return name === undefined ? schema : { ...components['schemas']![name], ...schema };
}
