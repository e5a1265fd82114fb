import type { OAuthProviderOptions, StaticClientOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { answerIn, ask, askedForConsent, answer } from '../support/authorization.js';
import { administer, CALLBACK, clientCount, createClientHost, register } from '../support/clients.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, pkce, WEB } from '../support/oauth.js';
import { signUp, type SignedInUser } from '../support/users.js';

const SENSITIVE = 'reports:read';
const PROVIDER: OAuthProviderOptions = {
  dynamicRegistration: 'open',
  sensitiveScopes: [SENSITIVE],
  defaultScopes: ['openid', SENSITIVE],
  clients: [{ ...WEB, scopes: ['openid', SENSITIVE] }],
};
const wants = (scope?: string) => ({
  redirect_uris: [CALLBACK],
  token_endpoint_auth_method: 'none',
  ...(scope && { scope }),
});

describe('T140 OAuth 2.1 7.9: sensitive scopes and clients that registered themselves', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createClientHost(PROVIDER);
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const asClient = (clientId: string): StaticClientOptions => ({ clientId, redirectUris: [CALLBACK] });
  async function signedIn(): Promise<Navigator> {
    const browser = new Navigator(host);
    await browser.signUp();
    return browser;
  }

  it.each<[string, { bearer?: string }, string]>([
    ['anybody', {}, 'oauth2/register'],
    ['a user', { bearer: 'user' }, 'oauth2/register'],
    ['a user on the wire of better-auth', { bearer: 'user' }, 'oauth2/create-client'],
  ])('T140 a registration by %s that asks for one is refused, and nothing is made', async (_name, who, route) => {
    const before = await clientCount(host);
    const options = { body: wants(`openid ${SENSITIVE}`), ...(who.bearer && { bearer: user.token }) };
    const { status, body } = await send(`${host.url}/api/auth/${route}`, options);
    expect([status, body.error]).toEqual([400, 'invalid_client_metadata']);
    expect(body.error_description ?? body.message).toBe(
      `scope: not for clients that register themselves: ${SENSITIVE}`,
    );
    expect(await clientCount(host)).toBe(before);
  });

  it('T140 the default scopes of such a client are without them, and it is told so', async () => {
    const { body } = await register(host, wants());
    expect(body.scope).toBe('openid');
    const client = asClient(body.client_id);
    const browser = await signedIn();
    const refused = await ask(browser, client, { scope: `openid ${SENSITIVE}` });
    expect(answerIn(refused, client)).toMatchObject({ error: 'invalid_scope' });
    const handle = await askedForConsent(browser, client, { scope: undefined, code_challenge: pkce().challenge });
    expect(answerIn(await answer(browser, handle, true), client)).toHaveProperty('code');
    const [consent] = await host.sql<{ scopes: string[] }>('SELECT scopes FROM auth_consent WHERE client_id = $1', [
      client.clientId,
    ]);
    expect(consent!.scopes).toEqual(['openid']);
  });

  it('T140 it cannot give them to itself afterwards (RFC 7592)', async () => {
    const { body } = await register(host, wants('openid'));
    const { client_id, registration_access_token: bearer, registration_client_uri: uri } = body;
    const at = new URL(uri).pathname;
    const change = { client_id, ...wants(`openid ${SENSITIVE}`) };
    const refused = await send(`${host.url}${at}`, { method: 'PUT', bearer, body: change });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_client_metadata']);
    expect((await send(`${host.url}${at}`, { bearer })).body.scope).toBe('openid');
    // What it reads it may send back.
    expect(
      (await send(`${host.url}${at}`, { method: 'PUT', bearer, body: { client_id, ...wants('openid') } })).status,
    ).toBe(200);
  });

  it('T140 nor can its owner, nor administration, which registers a client of its own for that', async () => {
    const { body } = await register(host, wants('openid'), { bearer: user.token });
    const patch = { client_id: body.client_id, update: { scope: `openid ${SENSITIVE}` } };
    const own = await send(`${host.url}/api/auth/oauth2/update-client`, { bearer: user.token, body: patch });
    expect([own.status, own.body.error]).toEqual([400, 'invalid_client_metadata']);
    const byAdministration = await administer(host, 'PATCH', `oauth-clients/${body.client_id}`, patch.update);
    expect([byAdministration.status, byAdministration.body.message]).toEqual([
      400,
      expect.stringContaining(`not for clients that register themselves: ${SENSITIVE}`),
    ]);
    const vouched = await administer(host, 'POST', 'oauth-clients', wants(`openid ${SENSITIVE}`));
    expect([vouched.status, vouched.body.scope]).toEqual([201, `openid ${SENSITIVE}`]);
  });

  it.each(['web', 'administration'])('T140 clients that somebody vouches for get them: %s', async (kind) => {
    const of = async () => {
      const { body } = await administer(host, 'POST', 'oauth-clients', wants(`openid ${SENSITIVE}`));
      return asClient(body.client_id);
    };
    const client = kind === 'web' ? WEB : await of();
    const grant = await obtainCode(await signedIn(), client, { scope: `openid ${SENSITIVE}` });
    expect((await exchange(host, client, grant)).body.scope).toBe(`openid ${SENSITIVE}`);
  });

  it('T140 one that had a scope before it became sensitive has it no more, not by an old consent either', async () => {
    const { body } = await register(host, wants('openid'));
    const client = asClient(body.client_id);
    await host.sql(`UPDATE auth_oauth_client SET metadata = metadata || $2::jsonb WHERE client_id = $1`, [
      client.clientId,
      JSON.stringify({ scope: `openid ${SENSITIVE}` }),
    ]);
    const browser = new Navigator(host);
    const subject = await browser.signUp();
    await host.sql(
      `INSERT INTO auth_consent (id, subject, client_id, scopes, resources, claims) VALUES (gen_random_uuid(), $1, $2, $3, '{}', '{}')`,
      [subject, client.clientId, ['openid', SENSITIVE]],
    );
    const refused = await ask(browser, client, { scope: `openid ${SENSITIVE}` });
    expect(answerIn(refused, client)).toMatchObject({ error: 'invalid_scope' });
    const at = new URL(body.registration_client_uri).pathname;
    const bearer = body.registration_access_token;
    expect((await send(`${host.url}${at}`, { bearer })).body.scope).toBe('openid');
    // What is left of it can be changed.
    const named = { client_id: client.clientId, client_name: 'Named', ...wants('openid') };
    expect((await send(`${host.url}${at}`, { method: 'PUT', bearer, body: named })).status).toBe(200);
  });

  it('T140 a name that is not offered stops the boot', async () => {
    const boot = createClientHost({ scopes: ['openid'], clients: [], sensitiveScopes: ['report:read'] });
    await expect(boot).rejects.toThrow(/sensitiveScopes: "report:read" is none of oauthProvider.scopes/);
  });
});
