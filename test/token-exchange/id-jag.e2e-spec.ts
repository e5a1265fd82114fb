import { createRemoteJWKSet, jwtVerify } from 'jose';
import { AuthEvents, type AnyAuthEvent } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { DpopKey } from '../support/dpop.js';
import * as jag from '../support/id-jag.js';
import { send } from '../support/http.js';
import { basic } from '../support/oauth.js';
import { claimsOf, customerOf, EXCHANGE, signOut, tokensOf, TYPE, type Customer } from '../support/token-exchange.js';

const { AGENT, CHAT, CHAT_API, FILES, FILES_API, ID_JAG, MORE_FILES_API, vouch } = jag;
const SCOPE = 'openid email offline_access';

describe('identity assertions that we give (draft-ietf-oauth-identity-assertion-authz-grant 4.3)', () => {
  let host: TestApp;
  let ada: Customer;
  const events: AnyAuthEvent[] = [];
  const met = (client = AGENT, scope = SCOPE) => customerOf(host, { client, scope, resource: undefined });

  beforeAll(async () => {
    host = await jag.createAssertionHost();
    host.app.get(AuthEvents).onAny((event) => void events.push(event));
    ada = await met();
  });
  beforeEach(() => void events.splice(0));
  afterAll(() => host.close());

  const idToken = () => ada.tokens.id_token!;
  const filesForm = { audience: FILES, resource: FILES_API };

  it('I14 ID-JAG 3: typ, and the claims as they are granted, signed by a published key', async () => {
    const { body } = await vouch(host, AGENT, idToken(), { scope: 'chat:read' });
    const keys = createRemoteJWKSet(new URL(`${host.url}/api/auth/jwks`));
    const { payload, protectedHeader } = await jwtVerify(body.access_token, keys, {
      typ: 'oauth-id-jag+jwt',
      issuer: TEST_ISSUER,
      audience: CHAT,
    });
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toEqual({
      iss: TEST_ISSUER,
      sub: expect.stringMatching(/^[\w-]{43}$/),
      aud: CHAT,
      client_id: 'assistant-at-chat',
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: payload.iat! + 300,
      resource: CHAT_API,
      scope: 'chat:read',
      auth_time: expect.any(Number),
      acr: expect.any(String),
      amr: ['pwd'],
    });
    expect(claimsOf(idToken())['auth_time']).toBe(payload['auth_time']);
    const again = await vouch(host, AGENT, idToken());
    expect(claimsOf(again.body.access_token).jti).not.toBe(payload.jti);
  });

  it('I18 ID-JAG 4.3.4: the answer says what it is, and that it is no access token', async () => {
    const answer = await vouch(host, AGENT, idToken());
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      issued_token_type: ID_JAG,
      token_type: 'N_A',
      expires_in: 300,
      expires_at: expect.any(Number),
      scope: 'chat:read chat:write',
    });
    // Nor does any route take it for one.
    expect((await send(`${host.url}/orders`, { bearer: answer.body.access_token })).status).toBe(401);
  });

  it('I15 ID-JAG 4.3: by a refresh token as well, which is neither spent nor rotated', async () => {
    const refreshToken = ada.tokens.refresh_token!;
    const form = { subject_token_type: TYPE.refresh };
    for (let turn = 0; turn < 2; turn++) {
      const { status, body } = await vouch(host, AGENT, refreshToken, form);
      expect([status, claimsOf(body.access_token).client_id]).toEqual([200, 'assistant-at-chat']);
      expect(claimsOf(body.access_token).sub).toBe(
        claimsOf((await vouch(host, AGENT, idToken())).body.access_token).sub,
      );
    }
    const headers = { ...basic(AGENT.clientId, AGENT.clientSecret!) };
    const fields = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
    const refreshed = await send(`${host.url}/api/auth/oauth2/token`, { body: fields, headers });
    expect(refreshed.status).toBe(200);
    // One that was rotated is refused, and ends nothing: this was no refresh.
    expect((await vouch(host, AGENT, refreshToken, form)).status).toBe(400);
    expect((await vouch(host, AGENT, refreshed.body.refresh_token, form)).status).toBe(200);
  });

  it('I15 ID-JAG 4.3: with client_id and client_secret in the body, as the SDK of MCP sends it', async () => {
    const mcp = { ...AGENT, clientId: 'assistant' };
    const fields = {
      grant_type: EXCHANGE,
      requested_token_type: ID_JAG,
      audience: CHAT,
      resource: CHAT_API,
      subject_token: idToken(),
      subject_token_type: TYPE.id,
      client_id: mcp.clientId,
      client_secret: mcp.clientSecret!,
    };
    const { status, body } = await send(`${host.url}/api/auth/oauth2/token`, { body: new URLSearchParams(fields) });
    expect([status, body.token_type]).toEqual([200, 'N_A']);
  });

  it('I16 ID-JAG 4.3.3: what is granted is less than what is asked, and both the answer and the assertion say so', async () => {
    const { body } = await vouch(host, AGENT, idToken(), { scope: 'chat:read chat:admin openid' });
    expect([body.scope, claimsOf(body.access_token).scope]).toEqual(['chat:read', 'chat:read']);
    const both = new URLSearchParams({ grant_type: EXCHANGE, requested_token_type: ID_JAG, audience: FILES });
    both.append('subject_token', idToken());
    both.append('subject_token_type', TYPE.id);
    for (const one of [FILES_API, `${MORE_FILES_API.toUpperCase().replace('/MORE', '/more')}`])
      both.append('resource', one);
    const headers = { ...basic(AGENT.clientId, AGENT.clientSecret!) };
    const answer = await send(`${host.url}/api/auth/oauth2/token`, { body: both, headers });
    expect(claimsOf(answer.body.access_token).resource).toEqual([FILES_API, MORE_FILES_API]);
    const only = await vouch(host, AGENT, idToken(), { resource: undefined });
    expect(claimsOf(only.body.access_token).resource).toBe(CHAT_API);
  });

  it('I19 ID-JAG 5: sub is the one that the other server has in its own ID tokens, whoever asks', async () => {
    const partner = await tokensOf(host, ada.browser, { client: jag.PARTNER, scope: 'openid', resource: undefined });
    const pairwise = await tokensOf(host, ada.browser, { client: jag.PAIRWISE, scope: 'openid', resource: undefined });
    const wanted = claimsOf(partner.id_token!).sub;
    expect(claimsOf(pairwise.id_token!).sub).not.toBe(wanted);
    for (const [client, token] of [
      [AGENT, idToken()],
      [jag.PAIRWISE, pairwise.id_token!],
    ] as const)
      expect(claimsOf((await vouch(host, client, token)).body.access_token).sub).toBe(wanted);
    const { body } = await vouch(host, AGENT, idToken(), filesForm);
    expect(claimsOf(body.access_token).sub).toBe(ada.id);
  });

  it('I15 ID-JAG 4.3: an audience in another spelling, as clients write it that parse addresses; aud is as configured', async () => {
    for (const audience of [`${CHAT}/`, CHAT.replace('chat', 'CHAT'), `${CHAT}:443`]) {
      const { body } = await vouch(host, AGENT, idToken(), { audience });
      expect([audience, claimsOf(body.access_token).aud]).toEqual([audience, CHAT]);
    }
  });

  it('I19 ID-JAG 5: client_id is the one there; an id that is an address is the same there', async () => {
    const { id_token: token } = await tokensOf(host, ada.browser, {
      client: jag.URL_CLIENT,
      scope: 'openid',
      resource: undefined,
    });
    const { body } = await vouch(host, jag.URL_CLIENT, token!);
    expect(claimsOf(body.access_token).client_id).toBe(jag.URL_CLIENT.clientId);
  });

  it('I19 ID-JAG 6, I31 EMA 7.4.3: tenant, aud_sub and a verified address, where the options ask for them', async () => {
    const asked = async () => claimsOf((await vouch(host, AGENT, idToken(), filesForm)).body.access_token);
    const first = await asked();
    expect(first).toMatchObject({ tenant: 'acme', aud_sub: `files-${ada.id}` });
    expect(first).not.toHaveProperty('email');
    await host.sql(`UPDATE auth_user SET email_verified = true WHERE id = $1`, [ada.id]);
    const second = await asked();
    expect(second).toMatchObject({ email: expect.stringContaining('@'), email_verified: true });
    const chat = claimsOf((await vouch(host, AGENT, idToken())).body.access_token);
    for (const name of ['email', 'email_verified', 'aud_sub', 'tenant']) expect(chat).not.toHaveProperty(name);
    const mute = await tokensOf(host, ada.browser, { client: jag.MUTE, scope: 'openid', resource: undefined });
    const muted = claimsOf((await vouch(host, jag.MUTE, mute.id_token!, filesForm)).body.access_token);
    expect(muted).not.toHaveProperty('email');
    // Nor by a refresh token that was granted less.
    const few = await tokensOf(host, ada.browser, {
      client: AGENT,
      scope: 'openid offline_access',
      resource: undefined,
    });
    const form = { ...filesForm, subject_token_type: TYPE.refresh };
    const narrow = claimsOf((await vouch(host, AGENT, few.refresh_token!, form)).body.access_token);
    expect(narrow).not.toHaveProperty('email');
  });

  it('I21 ID-JAG 7.1: the metadata say it, and nothing of the accepting half', async () => {
    const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
    expect(body.identity_chaining_requested_token_types_supported).toEqual([ID_JAG]);
    expect(body.grant_types_supported).toContain(EXCHANGE);
    expect(body).not.toHaveProperty('authorization_grant_profiles_supported');
    expect(JSON.stringify(body)).not.toContain('partner.example');
  });

  it('I27 ID-JAG 8.6: with a proof of a key the assertion is bound to it, and the proof is good once', async () => {
    const key = new DpopKey();
    const url = `${TEST_ISSUER}/api/auth/oauth2/token`;
    const proof = key.proof({ url });
    const ask = (dpop: string, fields: Record<string, string> = {}) =>
      send(`${host.url}/api/auth/oauth2/token`, {
        body: new URLSearchParams({
          grant_type: EXCHANGE,
          requested_token_type: ID_JAG,
          subject_token: idToken(),
          subject_token_type: TYPE.id,
          audience: CHAT,
          resource: CHAT_API,
          ...fields,
        }),
        headers: { ...basic(AGENT.clientId, AGENT.clientSecret!), dpop },
      });
    // What is refused costs no proof.
    expect((await ask(proof, { audience: FILES })).body.error).toBe('invalid_target');
    const { body } = await ask(proof);
    expect(claimsOf(body.access_token).cnf).toEqual({ jkt: key.thumbprint });
    expect(body.token_type).toBe('N_A');
    expect((await ask(proof)).body.error).toBe('invalid_dpop_proof');
  });

  it('an event says what was vouched for, and holds no token', async () => {
    const { body } = await vouch(host, AGENT, idToken(), { scope: 'chat:read' });
    const [event] = events.filter(({ name }) => name === 'identity-assertion.issued');
    expect(event!.event).toEqual({
      clientId: 'assistant',
      subjectId: ada.id,
      audience: CHAT,
      audienceClientId: 'assistant-at-chat',
      resources: [CHAT_API],
      scopes: ['chat:read'],
      subjectTokenType: TYPE.id,
      assertionId: claimsOf(body.access_token).jti,
    });
    expect(JSON.stringify(events)).not.toContain(body.access_token.split('.')[2]);
  });

  it('I17 a session that has ended vouches for nobody, though the ID token has not expired', async () => {
    const bob = await met();
    expect((await vouch(host, AGENT, bob.tokens.id_token!)).status).toBe(200);
    await signOut(bob);
    const { status, body } = await vouch(host, AGENT, bob.tokens.id_token!);
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
  });
});
