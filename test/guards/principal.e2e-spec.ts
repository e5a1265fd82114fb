import { Controller, Get, Req } from '@nestjs/common';
import { Auth, AuthContext, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** What a handler may try with the principal; each entry says whether it was prevented. */
function attempts(principal: AuthPrincipal): Record<string, boolean> {
  const scopes = principal.scopes as Set<string>;
  const prevented = (attempt: () => unknown) => {
    try {
      attempt();
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  };
  return {
    subject: prevented(() => Object.assign(principal, { subjectId: 'somebody else' })),
    newMember: prevented(() => Object.assign(principal, { admin: true })),
    addScope: prevented(() => scopes.add('admin')),
    deleteScope: prevented(() => scopes.delete('reports:read')),
    clearScopes: prevented(() => scopes.clear()),
    addScopeBySetPrototype: prevented(() => Set.prototype.add.call(scopes, 'admin')),
    audience: prevented(() => (principal.audience as string[]).push('x')),
    claims: prevented(() => Object.assign(principal.claims, { x: 1 })),
  };
}

@Controller()
class PrincipalController {
  constructor(private readonly context: AuthContext) {}

  @Get('principal')
  @Auth('bearer', 'session')
  async principal(@Req() request: { auth: AuthPrincipal; user: unknown }) {
    const user = await this.context.user();
    return {
      auth: request.auth,
      sameAsUser: request.user === request.auth,
      sameAsContext: this.context.principal === request.auth,
      userId: user?.id,
      attempts: attempts(request.auth),
    };
  }
}

describe.each(['express', 'fastify'] as const)('The principal on %s', (adapter) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: { accounts: { session: { scopes: ['reports:read'] } } },
      controllers: [PrincipalController],
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  it.each([
    ['access token', () => ({ authorization: `Bearer ${user.accessToken}` }), 'bearer', 'access_token'],
    ['session token', () => ({ authorization: `Bearer ${user.token}` }), 'bearer', 'session'],
    ['cookie', () => ({ cookie: user.cookie }), 'session', 'session'],
  ])('200 by %s: whose it is, how they came, and nothing secret', async (_name, headers, scheme, credentialType) => {
    const answer = await send(`${host.url}/principal`, { headers: headers() as Record<string, string> });
    expect(answer.body.auth).toEqual({
      kind: 'user',
      subjectId: user.id,
      issuer: null,
      clientId: null,
      scheme,
      credentialType,
      credentialId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sessionId: user.sessionId,
      scopes: ['reports:read'],
      roles: [],
      audience: [],
      authenticatedAt: expect.any(String),
      expiresAt: expect.any(String),
      confirmation: null,
      actor: null,
      authorizationDetails: [],
      claims: { acr: 'urn:nest-authority:acr:pwd', amr: ['pwd'] },
    });
    for (const secret of [user.token, user.accessToken, user.refreshToken]) expect(answer.text).not.toContain(secret);
    expect(answer.body).toMatchObject({ sameAsUser: true, sameAsContext: true, userId: user.id });
  });

  it('is frozen, also its scopes, and stays so from the cache', async () => {
    for (let round = 0; round < 2; round++) {
      const answer = await send(`${host.url}/principal`, { bearer: user.accessToken });
      const { attempts: prevented, auth } = answer.body;
      expect(Object.entries(prevented).filter(([, held]) => held !== true)).toEqual([]);
      expect(auth.scopes).toEqual(['reports:read']);
    }
  });
});
