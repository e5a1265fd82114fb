import { ApiKeysService, ConsentsService } from '../../src/index.js';
import { Visitor, mainOf } from '../support/account-pages.js';
import type { TestApp } from '../support/app.js';
import { administer, createClientHost, register } from '../support/clients.js';
import { send } from '../support/http.js';
import { AUTHORIZE, authorizeQuery, exchange, Navigator, obtainCode, pkce, WEB } from '../support/oauth.js';
import { expectPage, textOf } from '../support/pages.js';
import { signUp } from '../support/users.js';

const AGENT = { ...WEB, clientId: 'agent', name: 'Travel assistant', agent: true };
const APPLICATIONS = '/account/applications';
const SAYS = 'Travel assistant is an agent: it acts for you without asking you each time.';
const MAY = 'What you allow, it may do without asking you each time.';

describe('T205 agents at consent and among the connected applications', () => {
  let host: TestApp;
  beforeAll(async () => {
    const provider = { clients: [WEB, AGENT], dynamicRegistration: { mode: 'open', maxOpenPerHour: 100 } } as const;
    host = await createClientHost(provider, { apiKeys: { prefix: 'sk_' } });
  });
  afterAll(() => host.close());

  const consentOf = async (clientId: string) => {
    const browser = new Navigator(host);
    await browser.signUp();
    const query = authorizeQuery({ ...WEB, clientId }, { code_challenge: pkce().challenge });
    const { location } = await browser.get(`${AUTHORIZE}?${query}`);
    expect(location).toContain('/oauth2/consent?');
    return browser.get(location!);
  };
  const linesOf = async (clientId: string) => {
    const page = await consentOf(clientId);
    const shown = { ...page, location: null, headers: new Headers(page.headers) };
    return { agent: textOf(shown, 'agent'), alone: textOf(shown, 'acts-alone') };
  };
  const enroll = (members: object = {}) =>
    register(host, {
      client_name: 'Travel assistant',
      redirect_uris: WEB.redirectUris,
      token_endpoint_auth_method: 'none',
      ...members,
    });

  it('consent says that a client is an agent, where whoever runs the server says so', async () => {
    expect(await linesOf('agent')).toEqual({ agent: SAYS, alone: null });
    expect(await linesOf('web')).toEqual({ agent: null, alone: null });
  });

  it('a client that registered itself is no agent by its own word: a neutral sentence, and 400 for the word', async () => {
    const { status, body } = await enroll();
    expect(status).toBe(201);
    expect(await linesOf(body.client_id)).toEqual({ agent: null, alone: MAY });
    for (const word of ['agent', 'is_agent', 'isAgent'])
      expect(await enroll({ [word]: true })).toMatchObject({
        status: 400,
        body: { error: 'invalid_client_metadata' },
      });
    expect(await enroll({ agent: 'no' })).toMatchObject({ status: 400 });
  });

  it('administration says it of any client, and takes it back', async () => {
    const { body } = await enroll();
    const patch = (agent: boolean) =>
      administer(host, 'PATCH', `oauth-clients/${body.client_id}`, { policy: { agent } });
    expect(await patch(true)).toMatchObject({ status: 200, body: { policy: { agent: true } } });
    expect(await linesOf(body.client_id)).toEqual({ agent: SAYS, alone: null });
    await patch(false);
    expect(await linesOf(body.client_id)).toEqual({ agent: null, alone: MAY });
  });

  it('the list and the page of connected applications mark agents; their access is taken back as any', async () => {
    const browser = new Navigator(host);
    const email = `agent-${crypto.randomUUID()}@example.com`;
    const id = await browser.signUp(email);
    for (const client of [WEB, AGENT]) await obtainCode(browser, client);
    const user = {
      id,
      email,
      password: 'correct horse battery',
      token: '',
      cookie: '',
      sessionId: '',
      accessToken: '',
      refreshToken: '',
    };
    const ada = await Visitor.at(host, user);
    const page = await ada.open(APPLICATIONS);
    expectPage(page);
    const [agent, web] = mainOf(page).split('class="client"').slice(1);
    expect(agent).toContain('<span class="tag">agent</span>');
    expect(web).not.toContain('<span class="tag">agent</span>');
    const after = await ada.submit(page, `${APPLICATIONS}/withdraw`, { client: 'agent' });
    expect(mainOf(after)).not.toContain('Travel assistant');
  });

  it('agents with a key are in the list and on the page, and go with their key', async () => {
    const user = await signUp(host.url);
    const [keys, ada] = [host.app.get(ApiKeysService), await Visitor.at(host, user)];
    const owner = { kind: 'user', id: user.id } as const;
    const key = await keys.create({
      owner,
      agent: { id: 'support-bot', name: 'Support <b>bot</b>' },
      scopes: ['reports:read'],
    });
    await keys.create({ owner, name: 'no agent' });
    const ended = await keys.create({ owner, agent: { name: 'Gone' } });
    await keys.revoke(ended.id);
    const list = () => send(`${host.url}/api/auth/oauth2/applications`, { bearer: user.token });
    expect((await list()).body).toEqual({
      applications: [],
      agents: [
        {
          agentId: 'agent:support-bot',
          name: 'Support <b>bot</b>',
          keyId: key.id,
          scopes: ['reports:read'],
          createdAt: expect.any(String),
          lastUsedAt: null,
          expiresAt: null,
        },
      ],
    });
    const page = await ada.open(APPLICATIONS);
    expectPage(page);
    expect(mainOf(page)).toContain('Support &lt;b&gt;bot&lt;/b&gt;');
    expect(mainOf(page)).not.toContain('Gone');
    const address = `/api/auth/account/api-keys/key?id=${key.id}`;
    expect(mainOf(page)).toContain(`href="${address}"`);
    const gone = await ada.open(`/account/api-keys/delete?id=${key.id}`);
    await ada.submit(gone, '/account/api-keys/delete');
    expect(textOf(await ada.open(APPLICATIONS), 'none')).toBe('No application has access to your account.');
    expect((await list()).body.agents).toEqual([]);
  });

  it('clients that act through an application by its token are named with it, and end with it', async () => {
    const browser = new Navigator(host);
    const email = `through-${crypto.randomUUID()}@example.com`;
    const id = await browser.signUp(email);
    for (const client of [WEB, AGENT]) await obtainCode(browser, client).then((code) => exchange(host, client, code));
    // As token exchange writes it (RFC 8693): a token of another client, in the family of the first.
    const join = (clientId: string, end = '1 hour') =>
      host.sql(
        `INSERT INTO auth_token (id, family_id, client_id, client_epoch, kind, hash, scopes, audience, expires_at)
         SELECT gen_random_uuid(), f.id, $2, 0, 'access', sha256(gen_random_uuid()::text::bytea), '{}', '{}', now() + $3::interval
         FROM auth_token_family f WHERE f.subject = $1 AND f.client_id = 'web'`,
        [id, clientId, end],
      );
    await join('agent');
    await join('gone', '-1 hour');
    const user = {
      id,
      email,
      password: 'correct horse battery',
      token: '',
      cookie: '',
      sessionId: '',
      accessToken: '',
      refreshToken: '',
    };
    const ada = await Visitor.at(host, user);
    const services = async () =>
      (await host.app.get(ConsentsService).applications(id)).map((one) => [
        one.clientId,
        one.services.map(({ clientId, name }) => [clientId, name]),
      ]);
    expect(Object.fromEntries(await services())).toEqual({ web: [['agent', 'Travel assistant']], agent: [] });
    const page = await ada.open(APPLICATIONS);
    expectPage(page);
    expect(mainOf(page)).toContain('Acts for you through it: <bdi>Travel assistant</bdi>');
    await ada.submit(page, `${APPLICATIONS}/withdraw`, { client: 'web' });
    expect(await services()).toEqual([['agent', []]]);
    const left = await host.sql(
      `SELECT FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
       WHERE f.subject = $1 AND t.client_id = 'agent' AND f.revoked_at IS NULL`,
      [id],
    );
    expect(left).toEqual([]);
  });
});
