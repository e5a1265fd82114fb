import { AuthError, AuthModule, type IdentityAssertion, type IdentityAssertionHook } from '../../src/index.js';
import { TEST_ISSUER, testOptions, type TestApp } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import * as jag from '../support/id-jag.js';
import { MFA, PWD, signedInBy } from '../support/strength.js';
import { claimsOf, customerOf, tokensOf, type Customer } from '../support/token-exchange.js';

const { AGENT, CHAT, CHAT_API, FILES, FILES_API, MORE_FILES_API, vouch } = jag;

describe('who else decides on identity assertions', () => {
  let host: TestApp;
  let ada: Customer;
  let hook: IdentityAssertionHook;
  let asked: IdentityAssertion[] = [];
  beforeAll(async () => {
    host = await jag.createAssertionHost({
      core: { cacheTtl: 0 },
      assertions: {
        audiences: { ...jag.AUDIENCES, [FILES]: { ...jag.AUDIENCES[FILES]!, acr: [MFA], maxAge: '1h' } },
        authorize: (assertion) => {
          asked.push(assertion);
          return hook(assertion);
        },
      },
    });
    ada = await customerOf(host, { client: AGENT, scope: 'openid email', resource: undefined });
  });
  beforeEach(() => {
    asked = [];
    hook = () => true;
  });
  afterAll(() => host.close());

  it('I16 ID-JAG 4.3.3: the hook is told who, for whom and where, and may narrow', async () => {
    hook = () => ({ scopes: ['chat:read', 'chat:admin'] });
    const { status, body } = await vouch(host, AGENT, ada.tokens.id_token!);
    expect([status, claimsOf(body.access_token).scope]).toEqual([200, 'chat:read']);
    expect(asked).toMatchObject([
      {
        client: { clientId: 'assistant' },
        user: { id: ada.id },
        audience: CHAT,
        resources: [CHAT_API],
        scopes: ['chat:read', 'chat:write'],
        acr: PWD,
        amr: ['pwd'],
        authenticatedAt: expect.any(Date),
      },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['false', false, 'access_denied'],
    ['nothing', undefined, 'access_denied'],
    ['a text', 'yes', 'access_denied'],
    ['no scopes', { scopes: [] }, 'invalid_scope'],
    ['no resources', { resources: [] }, 'invalid_target'],
    ['other resources', { resources: [FILES_API, MORE_FILES_API] }, 'invalid_target'],
  ])('I16 a hook that says %s', async (_what, decision, error) => {
    hook = () => decision as boolean;
    const { status, body } = await vouch(host, AGENT, ada.tokens.id_token!);
    expect([status, body.error]).toEqual([400, error]);
  });

  it('I18 ID-JAG 8.2: a sign-in that is too weak or too old is told what it must reach, and then suffices', async () => {
    const form = { audience: FILES, resource: FILES_API };
    const weak = await vouch(host, AGENT, ada.tokens.id_token!, form);
    expect([weak.status, weak.body]).toEqual([
      400,
      {
        error: 'insufficient_user_authentication',
        error_description: expect.any(String),
        acr_values: MFA,
        max_age: 3_600,
      },
    ]);
    expect(weak.headers.get('www-authenticate')).toBeNull();
    expect(asked).toEqual([]);
    const again = async () => {
      const wishes = { client: AGENT, scope: 'openid', resource: undefined };
      return vouch(host, AGENT, (await tokensOf(host, ada.browser, wishes)).id_token!, form);
    };
    await signedInBy(host, ada.id, { amr: ['pwd', 'otp', 'mfa'], secondsAgo: 7_200 });
    expect((await again()).body).toMatchObject({ error: 'insufficient_user_authentication', max_age: 3_600 });
    await signedInBy(host, ada.id, { amr: ['pwd', 'otp', 'mfa'] });
    const strong = await again();
    expect(claimsOf(strong.body.access_token)).toMatchObject({ acr: MFA, amr: ['pwd', 'otp', 'mfa'] });
  });

  it('I18 a hook asks for a step-up as well', async () => {
    hook = () => {
      throw AuthError.insufficientUserAuthentication({ acrValues: [MFA], maxAgeSeconds: null });
    };
    const { status, body } = await vouch(host, AGENT, ada.tokens.id_token!);
    expect([status, body.error, body.acr_values]).toEqual([400, 'insufficient_user_authentication', MFA]);
    expect(body).not.toHaveProperty('max_age');
  });
});

describe('identity assertions that cannot work stop the boot', () => {
  const boot = (audiences: object, more: object = {}) =>
    bootError(() => [
      AuthModule.forRoot(
        testOptions({
          accounts: true,
          jwt: true,
          oauthProvider: true,
          tokenExchange: { identityAssertions: { audiences: audiences as typeof jag.AUDIENCES, ...more } },
        }),
      ),
    ]);
  const good = { clients: { a: 'b' }, resources: [CHAT_API] };

  it.each<[string, object, RegExp]>([
    ['no audience', {}, /audiences: there is none/],
    ['I20 this server', { [TEST_ISSUER]: good }, /it is this server/],
    ['I20 this server with a slash', { [`${TEST_ISSUER}/`]: good }, /it is this server/],
    ['no address', { chat: good }, /it is not an issuer/],
    ['one server in two spellings', { [CHAT]: good, [`${CHAT}/`]: good }, /two spellings/],
    ['no client', { [CHAT]: { ...good, clients: {} } }, /clients: there is none/],
    ['a client without an id there', { [CHAT]: { ...good, clients: { a: '' } } }, /give the id of the client there/],
    ['false for a client', { [CHAT]: { ...good, clients: { a: false } } }, /give the id of the client there/],
    ['no resource', { [CHAT]: { ...good, resources: [] } }, /resources: there is none/],
    ['a resource that is no address', { [CHAT]: { ...good, resources: ['mcp'] } }, /is not an address/],
    ['a strength that there is not', { [CHAT]: { ...good, acr: ['gold'] } }, /acr: give some of/],
    ['a sector that is no host', { [CHAT]: { ...good, sector: 'https://x' } }, /is not a host/],
    ['an empty tenant', { [CHAT]: { ...good, tenant: '' } }, /tenant: it is empty/],
    ['an option that there is not', { [CHAT]: { ...good, subject: 'x' } }, /there is no option "subject"/],
  ])('%s', async (_what, audiences, message) => {
    expect(await boot(audiences)).toMatch(message);
  });

  it('a symmetric algorithm: everybody who verifies could sign', async () => {
    expect(await boot({ [CHAT]: good }, { algorithm: 'HS256' })).toMatch(/algorithm/);
  });
});
