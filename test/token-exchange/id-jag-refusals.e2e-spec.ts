import {
  AuthEvents,
  ConsentsService,
  UsersService,
  type AnyAuthEvent,
  type StaticClientOptions,
} from '../../src/index.js';
import { JwtCodec } from '../../src/common/keys/jwt.codec.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as jag from '../support/id-jag.js';
import { keepLogs } from '../support/logs.js';
import { send } from '../support/http.js';
import { basic } from '../support/oauth.js';
import { claimsOf, customerOf, EXCHANGE, tokensOf, TYPE, type Customer } from '../support/token-exchange.js';

const { AGENT, CHAT, CHAT_API, FILES, FILES_API, ID_JAG, vouch } = jag;
const NO_TOKEN = { error: 'invalid_grant', error_description: expect.any(String) };
const EXPIRED_SECONDS = 60;

describe('identity assertions that we do not give', () => {
  let host: TestApp;
  let ada: Customer;
  const events: AnyAuthEvent[] = [];
  const met = (client: StaticClientOptions = AGENT, scope = 'openid email offline_access') =>
    customerOf(host, { client, scope, resource: undefined });

  beforeAll(async () => {
    host = await jag.createAssertionHost();
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
    ada = await met();
  });
  afterAll(() => host.close());
  afterEach(() => {
    const given = events.splice(0).filter(({ name }) => name === 'identity-assertion.issued');
    if (given.length > 0) throw new Error('an identity assertion was given');
  });

  const idToken = () => ada.tokens.id_token!;
  const refused = async (form: Record<string, string | undefined>, holder = AGENT, token = idToken()) => {
    const { status, body } = await vouch(host, holder, token, form);
    return [status, body.error];
  };

  it.each<[string, Record<string, string | undefined>, string]>([
    ['an audience that is not configured', { audience: 'https://other.example' }, 'invalid_target'],
    ['a longer audience', { audience: `${CHAT}.evil.example` }, 'invalid_target'],
    ['the audience with a path', { audience: `${CHAT}//` }, 'invalid_target'],
    ['an audience that is no address', { audience: 'chat' }, 'invalid_target'],
    ['an empty fragment of the audience', { audience: `${CHAT}#` }, 'invalid_target'],
    ['ourselves', { audience: TEST_ISSUER }, 'invalid_target'],
    ['no audience', { audience: undefined }, 'invalid_target'],
    ['a resource of another audience', { resource: FILES_API }, 'invalid_target'],
    ['the audience of another resource', { audience: FILES }, 'invalid_target'],
    ['a longer resource', { resource: `${CHAT_API}/admin` }, 'invalid_target'],
    ['a resource with a fragment', { resource: `${CHAT_API}#x` }, 'invalid_target'],
    ['no resource where there are several', { audience: FILES, resource: undefined }, 'invalid_target'],
    ['none of the scopes', { scope: 'chat:admin openid' }, 'invalid_scope'],
    ['a malformed scope', { scope: 'chat:read "' }, 'invalid_scope'],
    ['no subject token', { subject_token: undefined }, 'invalid_request'],
    ['no type of it', { subject_token_type: undefined }, 'invalid_request'],
    ['an access token', { subject_token_type: TYPE.access }, 'invalid_request'],
    ['an API key', { subject_token_type: TYPE.apiKey }, 'invalid_request'],
    ['a type of nobody', { subject_token_type: 'urn:x' }, 'invalid_request'],
    ['an actor', { actor_token: 'x', actor_token_type: TYPE.id }, 'invalid_request'],
    ['half an actor', { actor_token_type: TYPE.id }, 'invalid_request'],
    ['an assertion of another kind', { requested_token_type: `${ID_JAG}2` }, 'invalid_request'],
  ])('I19, I20 EMA 7.6.1: %s', async (_what, form, error) => {
    expect(await refused(form)).toEqual([400, error]);
  });

  it('I19 two audiences at once are not one', async () => {
    const body = new URLSearchParams({
      grant_type: EXCHANGE,
      requested_token_type: ID_JAG,
      subject_token_type: TYPE.id,
    });
    body.append('subject_token', idToken());
    for (const audience of [CHAT, FILES]) body.append('audience', audience);
    const headers = { ...basic(AGENT.clientId, AGENT.clientSecret!) };
    const answer = await send(`${host.url}/api/auth/oauth2/token`, { body, headers });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_target']);
  });

  it('I20 ID-JAG 8.1: not to public clients, clients without an entry, without the grant, or without their secret', async () => {
    const { id_token: theirs } = await tokensOf(host, ada.browser, {
      client: jag.STRANGER,
      scope: 'openid',
      resource: undefined,
    });
    expect(await refused({}, jag.STRANGER, theirs!)).toEqual([400, 'invalid_target']);
    const fields = { grant_type: EXCHANGE, requested_token_type: ID_JAG, audience: CHAT, resource: CHAT_API };
    const subject = { subject_token: idToken(), subject_token_type: TYPE.id };
    const open = await send(`${host.url}/api/auth/oauth2/token`, {
      body: new URLSearchParams({ ...fields, ...subject, client_id: 'open' }),
    });
    expect([open.status, open.body.error]).toEqual([400, 'unauthorized_client']);
    const bare = await send(`${host.url}/api/auth/oauth2/token`, {
      body: new URLSearchParams({ ...fields, ...subject, client_id: AGENT.clientId }),
    });
    expect([bare.status, bare.body.error]).toEqual([401, 'invalid_client']);
  });

  it('I16 ID-JAG 4.3.3: an ID token of another client, an access token, and one of our own assertions are no ID token', async () => {
    const mute = await tokensOf(host, ada.browser, { client: jag.MUTE, scope: 'openid', resource: undefined });
    for (const token of [mute.id_token!, ada.tokens.access_token, ada.tokens.refresh_token!, 'x', 'ey.ey.x'])
      expect((await vouch(host, AGENT, token)).body).toEqual(NO_TOKEN);
    for (const token of [mute.id_token!, idToken(), ada.tokens.access_token])
      expect((await vouch(host, AGENT, token, { subject_token_type: TYPE.refresh })).body).toEqual(NO_TOKEN);
  });

  it('I20 ID-JAG 8.3: an assertion buys no other one', async () => {
    const { body } = await vouch(host, AGENT, idToken());
    events.splice(0);
    for (const type of [TYPE.id, TYPE.refresh])
      expect((await vouch(host, AGENT, body.access_token, { subject_token_type: type })).body).toEqual(NO_TOKEN);
  });

  it('I17 an ID token that has expired, and the same one that has not', async () => {
    const codec = host.app.get(JwtCodec);
    const { header, claims } = { header: jag.headerOf(idToken()), claims: claimsOf(idToken()) };
    const signed = (exp: number) =>
      codec.signAnswer({ type: header.typ, algorithm: header.alg, claims: { ...claims, exp } });
    const now = Math.floor(Date.now() / 1000);
    expect((await vouch(host, AGENT, await signed(now - EXPIRED_SECONDS))).body).toEqual(NO_TOKEN);
    expect((await vouch(host, AGENT, await signed(now - 1))).body).toEqual(NO_TOKEN);
    expect((await vouch(host, AGENT, await signed(now + 60))).status).toBe(200);
    events.splice(0);
  });

  it.each<[string, (user: Customer) => Promise<unknown>]>([
    ['is disabled', ({ id }) => host.app.get(UsersService).disable(id)],
    ['is gone', ({ id }) => host.app.get(UsersService).forget(id)],
    ['has withdrawn their consent', ({ id }) => host.app.get(ConsentsService).withdraw(id, AGENT.clientId)],
  ])('I17 of a user who %s, by ID token and refresh token', async (_what, end) => {
    const user = await met();
    const tokens = [
      [user.tokens.id_token!, TYPE.id],
      [user.tokens.refresh_token!, TYPE.refresh],
    ] as const;
    for (const [token, type] of tokens)
      expect((await vouch(host, AGENT, token, { subject_token_type: type })).status).toBe(200);
    events.splice(0);
    await end(user);
    for (const [token, type] of tokens)
      expect((await vouch(host, AGENT, token, { subject_token_type: type })).body).toEqual(NO_TOKEN);
  });

  it('I16 a refresh token that has ended, or that was never for the identity of its user', async () => {
    const form = { subject_token_type: TYPE.refresh };
    const few = await tokensOf(host, ada.browser, {
      client: AGENT,
      scope: 'offline_access email',
      resource: undefined,
    });
    expect((await vouch(host, AGENT, few.refresh_token!, form)).body).toEqual(NO_TOKEN);
    const user = await met();
    const headers = { ...basic(AGENT.clientId, AGENT.clientSecret!) };
    const fields = new URLSearchParams({ token: user.tokens.refresh_token! });
    await send(`${host.url}/api/auth/oauth2/revoke`, { body: fields, headers });
    expect((await vouch(host, AGENT, user.tokens.refresh_token!, form)).body).toEqual(NO_TOKEN);
  });

  it('while an administrator acts as the user: that is nobody elsewhere', async () => {
    const user = await met();
    await host.sql(`UPDATE auth_session SET impersonated_by = $2 WHERE subject = $1`, [user.id, ada.id]);
    expect((await vouch(host, AGENT, user.tokens.id_token!)).body).toEqual(NO_TOKEN);
  });

  it('I31 EMA 7.3: no token is in a log, in an error or in an event', async () => {
    const logs = keepLogs(host);
    const { text } = await vouch(host, AGENT, `${idToken()}x`);
    await vouch(host, AGENT, ada.tokens.refresh_token!, {
      subject_token_type: TYPE.refresh,
      audience: 'https://no.example',
    });
    // A line of the log, of the same request.
    expect((await vouch(host, { ...AGENT, clientSecret: 'wrong' }, idToken())).status).toBe(401);
    host.app.useLogger(false);
    const said = JSON.stringify([logs, events, text]);
    for (const secret of [idToken().split('.')[2]!, ada.tokens.refresh_token!]) expect(said).not.toContain(secret);
    expect(logs.length).toBeGreaterThan(0);
  });
});

describe('without the option', () => {
  it('I21 there is neither the type nor its metadata', async () => {
    const host = await jag.createAssertionHost({ exchange: { identityAssertions: undefined as never } });
    try {
      const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
      expect(body).not.toHaveProperty('identity_chaining_requested_token_types_supported');
      const ada = await customerOf(host, { client: AGENT, scope: 'openid', resource: undefined });
      const answer = await vouch(host, AGENT, ada.tokens.id_token!);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    } finally {
      await host.close();
    }
  });
});
