import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const issuer = await new OutsideIssuer().start();
const second = await new OutsideIssuer().start();

describe.each(['express', 'fastify'] as const)('RFC 9068 4: JWTs of others, without a database, on %s', (adapter) => {
  let host: ResourceServer;
  beforeAll(async () => {
    host = await createResourceServer(
      {
        issuers: [{ issuer: issuer.url }, { issuer: second.url, audience: 'api://second' }],
        audience: API,
        allowPrivateNetwork: true,
        realm: 'reports',
        roles: 'realm_access.roles',
      },
      { adapter },
    );
  });
  afterAll(() => host.close());

  const get = (path: string, bearer?: string) =>
    send(`${host.url}/api/${path}`, bearer === undefined ? {} : { bearer });
  const token = (claims: object = {}, header?: object) =>
    issuer.token({ aud: API, client_id: 'shop', ...claims }, header);

  it('200: the principal is that of the token, frozen and without the token', async () => {
    const bearer = await token({ scope: 'reports:read', jti: 'j-1', realm_access: { roles: ['admin'] } });
    const answer = await get('me', bearer);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      kind: 'user',
      issuer: issuer.url,
      subjectId: `${issuer.url}|their-user`,
      clientId: 'shop',
      credentialType: 'external_jwt',
      credentialId: 'j-1',
      scopes: ['reports:read'],
      roles: ['admin'],
      audience: [API],
      claims: { iss: issuer.url, sub: 'their-user', dept: 'sales' },
    });
    expect(answer.text).not.toContain(bearer);
  });

  it('401 with a bare challenge without a token, and a named one for a bad token (RFC 6750 3)', async () => {
    const none = await get('me');
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="reports"']);
    const bad = await get('me', await token({ aud: 'https://elsewhere.example' }));
    expect(bad.body).toMatchObject({ code: 'UNAUTHORIZED', statusCode: 401, error: 'invalid_token' });
    expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('400 two credentials (RFC 6750 2), and a malformed header', async () => {
    const malformed = await send(`${host.url}/api/me`, { headers: { authorization: 'Bearer a b' } });
    expect(malformed.status).toBe(400);
  });

  it('403 insufficient_scope names the scopes', async () => {
    expect((await get('scoped', await token({ scope: 'reports:read' }))).status).toBe(200);
    const lacking = await get('scoped', await token({ scope: 'other' }));
    expect(lacking.body).toMatchObject({ code: 'INSUFFICIENT_SCOPE', error: 'insufficient_scope' });
    expect(lacking.headers.get('www-authenticate')).toContain('scope="reports:read"');
    expect((await get('any-scope', await token({ scope: 'reports:write' }))).status).toBe(200);
    expect((await get('any-scope', await token({ scope: 'x' }))).status).toBe(403);
  });

  it('public routes read nothing; optional ones let callers in without a token, but not with a bad one', async () => {
    expect((await get('open', 'garbage')).body).toEqual({ principal: null });
    expect((await get('optional')).body).toEqual({ principal: null });
    expect((await get('optional', 'garbage')).status).toBe(401);
    expect((await get('optional', await token())).body.principal.clientId).toBe('shop');
  });

  it('several issuers on one route, each with its audience, and subjects that cannot be taken for one another', async () => {
    const theirs = await second.token({ aud: 'api://second', client_id: 'shop' });
    const answer = await get('me', theirs);
    expect(answer.body).toMatchObject({ issuer: second.url, subjectId: `${second.url}|their-user` });
    expect((await get('me', await second.token({ aud: API }))).status).toBe(401);
    expect((await get('me', await issuer.token({ aud: 'api://second' }))).status).toBe(401);
  });

  it('without loadUser there is no user; AuthContext has the principal, and neither session nor user', async () => {
    const bearer = await token();
    expect((await get('user', bearer)).body).toEqual({ user: null });
    expect((await get('context', bearer)).body).toMatchObject({
      principal: { clientId: 'shop' },
      user: null,
      session: null,
    });
  });
});

afterAll(() => Promise.all([issuer.stop(), second.stop()]));
