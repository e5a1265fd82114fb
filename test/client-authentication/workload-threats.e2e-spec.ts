import { AuthEvents, type AnyAuthEvent, type StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import * as platforms from '../support/workloads.js';

const { byAssertion, submit, TOKEN_URL } = oauth;
const OTHER = 'https://other.example';
const SCOPE = 'reports:read';
const now = () => Math.floor(Date.now() / 1000);

describe('tokens of platforms that are not those of the client', () => {
  let github: platforms.Platform;
  let cluster: platforms.Platform;
  let dead: OutsideIssuer;
  let host: TestApp;
  const events: AnyAuthEvent[] = [];

  beforeAll(async () => {
    github = await platforms.githubActions(TEST_ISSUER);
    cluster = await platforms.kubernetes(TEST_ISSUER);
    dead = await new OutsideIssuer().start();
    const of = (clientId: string, subject: string, more: object = {}): StaticClientOptions => ({
      clientId,
      clientCredentialsScopes: [SCOPE],
      federatedIdentities: [{ issuer: github.issuer, subject, ...more }],
    });
    const key = await oauth.clientKey('ES256');
    const clients: StaticClientOptions[] = [
      of('main', platforms.GITHUB_SUBJECT),
      of('branches', 'repo:acme/app:ref:refs/heads/*'),
      of('repositories', 'repo:acme/*:ref:refs/heads/main'),
      of('dotted', 'repo:acme/a.p:ref:refs/heads/main'),
      of('pinned', platforms.GITHUB_SUBJECT, { claims: { repository_id: '4711', ref_protected: ['true'] } }),
      of('audience', platforms.GITHUB_SUBJECT, { audience: 'api://ours' }),
      { ...of('strict', platforms.GITHUB_SUBJECT), clientAssertionAudience: 'issuer' },
      { clientId: 'cluster', federatedIdentities: [{ issuer: cluster.issuer, subject: platforms.KUBERNETES_SUBJECT }] },
      { clientId: 'dead', federatedIdentities: [{ issuer: dead.url, subject: 'their-user' }] },
      {
        clientId: 'signer',
        clientCredentialsScopes: [SCOPE],
        tokenEndpointAuthMethod: 'private_key_jwt',
        metadata: { jwks: { keys: [key.jwk] } },
      },
      oauth.SPA,
    ];
    host = await oauth.createOAuthApp({
      clients,
      provider: {
        workloadIssuers: [github.options({ maxLifetime: '2h' }), cluster.options(), { issuer: dead.url }],
        scopes: ['openid', 'email', SCOPE],
      },
      auth: { allowPrivateNetwork: true },
    });
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
  });
  beforeEach(() => void events.splice(0));
  afterAll(async () => {
    await host.close();
    await dead.stop();
  });

  const ask = async (clientId: string, assertion: string): Promise<number> => {
    const fields = byAssertion(assertion, { client_id: clientId, token: 'x' });
    const { status, body } = await submit(host, 'oauth2/introspect', fields);
    // One answer for every reason; the reason is in the event.
    if (status === 401)
      expect(body).toEqual({ error: 'invalid_client', error_description: expect.not.stringMatching(/sub|aud|work/) });
    return status;
  };
  const reason = () => (events.find(({ name }) => name.endsWith('failed'))!.event as { reason: string }).reason;

  it.each<[string, string, boolean]>([
    ['main', 'repo:acme/app:ref:refs/heads/main', true],
    ['main', 'repo:acme/app:ref:refs/heads/main ', false],
    ['main', 'repo:acme/app:ref:refs/heads/main\n', false],
    ['main', 'repo:acme/app:ref:refs/heads/main-evil', false],
    ['main', 'repo:acme/app:ref:refs/heads/Main', false],
    ['main', 'repo:acme/app-evil:ref:refs/heads/main', false],
    ['main', 'repo:evil-acme/app:ref:refs/heads/main', false],
    ['main', 'x:repo:acme/app:ref:refs/heads/main', false],
    ['main', 'repo:acme/app:pull_request', false],
    ['main', 'repo:acme/app:environment:prod', false],
    ['main', 'repo:acme/app', false],
    ['main', '', false],
    ['branches', 'repo:acme/app:ref:refs/heads/main', true],
    ['branches', 'repo:acme/app:ref:refs/heads/release-1.2', true],
    ['branches', 'repo:acme/app:ref:refs/heads/', false],
    ['branches', 'repo:acme/app:ref:refs/heads', false],
    ['branches', 'repo:acme/app:ref:refs/heads/feature/x', false],
    ['branches', 'repo:acme/app:ref:refs/heads/a:b', false],
    ['branches', 'repo:acme/app:ref:refs/heads/a b', false],
    ['branches', 'repo:acme/app:ref:refs/heads/a\nb', false],
    ['branches', 'repo:acme/app:ref:refs/tags/v1', false],
    ['branches', 'repo:acme/app:pull_request', false],
    ['branches', 'repo:acme/app-evil:ref:refs/heads/main', false],
    ['branches', 'repo:acme/app:ref:refs/heads/*', true],
    ['repositories', 'repo:acme/other:ref:refs/heads/main', true],
    ['repositories', 'repo:acme/x:pull_request', false],
    ['repositories', 'repo:acme/x:ref:refs/heads/main:ref:refs/heads/main', false],
    ['repositories', 'repo:acme/x/y:ref:refs/heads/main', false],
    ['repositories', 'repo:acme/:ref:refs/heads/main', false],
    ['repositories', 'repo:acme-evil/x:ref:refs/heads/main', false],
    ['dotted', 'repo:acme/a.p:ref:refs/heads/main', true],
    ['dotted', 'repo:acme/axp:ref:refs/heads/main', false],
  ])('T197 %s and the subject %j: %s', async (clientId, sub, isTaken) => {
    expect(await ask(clientId, await github.token({ sub }))).toBe(isTaken ? 200 : 401);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another repository under the same name', { repository_id: '4712' }],
    ['a number for a text', { repository_id: 4711 }],
    ['an object for a text', { repository_id: { '4711': '4711' } }],
    ['no such claim', { repository_id: undefined }],
    ['a branch that anybody may write to', { ref_protected: 'false' }],
    ['a subject that is no text', { sub: [platforms.GITHUB_SUBJECT] }],
    ['no subject', { sub: undefined }],
  ])('T197 claims: %s', async (_what, claims) => {
    expect(await ask('pinned', await github.token(claims))).toBe(401);
    expect(await ask('pinned', await github.token())).toBe(200);
  });

  it.each<[string, string, unknown, boolean]>([
    ['the issuer', 'main', TEST_ISSUER, true],
    ['the token endpoint', 'main', TOKEN_URL, true],
    ['a list with the issuer', 'main', [TEST_ISSUER], true],
    ['a list with another server', 'main', [TEST_ISSUER, OTHER], false],
    ['another server', 'main', OTHER, false],
    ['what the platform writes by itself', 'main', 'https://github.com/acme', false],
    ['the issuer with a slash', 'main', `${TEST_ISSUER}/`, false],
    ['a longer text', 'main', `${TEST_ISSUER}.evil.example`, false],
    ['the client', 'main', 'main', false],
    ['an empty list', 'main', [], false],
    ['a list in a list', 'main', [[TEST_ISSUER]], false],
    ['nothing', 'main', undefined, false],
    ['the token endpoint, where the issuer alone will do', 'strict', TOKEN_URL, false],
    ['the issuer, where it alone will do', 'strict', TEST_ISSUER, true],
    ['the audience of the identity', 'audience', 'api://ours', true],
    ['the issuer, where another audience is set', 'audience', TEST_ISSUER, false],
    ['both', 'audience', ['api://ours', TEST_ISSUER], false],
  ])('T198 aud: %s', async (_what, clientId, aud, isTaken) => {
    expect(await ask(clientId, await github.token({ aud }))).toBe(isTaken ? 200 : 401);
  });

  it.each<[string, () => Promise<string>]>([
    [
      'signed by another key under the same kid',
      async () => github.token({}, {}, (await oauth.clientKey('RS256')).privateKey),
    ],
    [
      'of another platform that is trusted',
      async () => cluster.token({ iss: github.issuer, sub: platforms.GITHUB_SUBJECT }),
    ],
    ['of a platform that is not trusted', () => github.token({ iss: OTHER })],
    ['of the issuer with a slash', () => github.token({ iss: `${github.issuer}/` })],
    ['of the issuer in other letters', () => github.token({ iss: github.issuer.toUpperCase() })],
    ['of no issuer', () => github.token({ iss: undefined })],
    ['an access token', () => github.token({}, { typ: 'at+jwt' })],
    ['an identity assertion for another server', () => github.token({}, { typ: 'oauth-id-jag+jwt' })],
    ['a logout token', () => github.token({}, { typ: 'logout+jwt' })],
    ['without a signature', async () => `${btoa('{"alg":"none"}')}.${(await github.token()).split('.')[1]}.`],
    ['with its signature cut off', async () => (await github.token()).replace(/[^.]*$/, '')],
    ['of 9000 characters', () => github.token({ more: 'x'.repeat(9_000) })],
    ['no JWT', async () => 'x.y.z'],
  ])('T198 a token %s', async (_what, token) => {
    expect(await ask('main', await token())).toBe(401);
    expect(await ask('main', await github.token())).toBe(200);
  });

  it('T199 a workload is no other client than those that name it', async () => {
    const token = await github.token();
    for (const clientId of ['cluster', 'signer', 'spa', 'nobody', 'dead', github.issuer, platforms.GITHUB_SUBJECT])
      expect([clientId, await ask(clientId, token)]).toEqual([clientId, 401]);
    expect(await ask('main', await cluster.token())).toBe(401);
    expect(await ask('cluster', await cluster.token())).toBe(200);
  });

  it('T199 nor does a token in which the platform calls the client its issuer help', async () => {
    expect(await ask('main', await github.token({ iss: 'main', sub: 'main' }))).toBe(401);
    expect(reason()).toContain('assertion: ');
  });

  it.each<[string, () => Record<string, unknown>, boolean]>([
    ['expired a minute ago', () => ({ iat: now() - 600, nbf: now() - 600, exp: now() - 60 }), false],
    ['not good before a minute from now', () => ({ nbf: now() + 60 }), false],
    ['made a minute from now', () => ({ iat: now() + 60 }), false],
    ['without exp', () => ({ exp: undefined }), false],
    ['without iat', () => ({ iat: undefined }), false],
    ['good for two hours', () => ({ exp: now() + 7_190 }), true],
    ['good for a day', () => ({ exp: now() + 86_400 }), false],
    ['good for a year, and nearly over', () => ({ iat: now() - 31_536_000, exp: now() + 60 }), false],
    ['exp that is no number', () => ({ exp: 'tomorrow' }), false],
    ['iat of the year 1', () => ({ iat: -62_135_596_800 }), false],
  ])('T200 %s', async (_what, claims, isTaken) => {
    expect(await ask('main', await github.token(claims()))).toBe(isTaken ? 200 : 401);
  });

  it('T200 strangers make us call no issuer, and one that is away is 503, not a wrong credential', async () => {
    for (const clientId of ['main', 'nobody', 'signer']) expect(await ask(clientId, await dead.token())).toBe(401);
    expect(dead.requests).toEqual([]);
    dead.answer = () => ({ status: 500, body: '' });
    expect(await ask('dead', await dead.token({ aud: TEST_ISSUER }, { typ: 'JWT' }))).toBe(503);
    expect(dead.requests.length).toBeGreaterThan(0);
  });

  it('T200 no token is in the event of a refusal', async () => {
    const token = await github.token({ sub: 'repo:evil/app:ref:refs/heads/main' });
    expect(await ask('main', token)).toBe(401);
    expect(reason()).toContain('repo:evil/app');
    expect(JSON.stringify(events)).not.toContain(token.split('.')[2]);
  });
});
