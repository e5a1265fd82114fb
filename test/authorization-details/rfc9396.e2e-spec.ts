import { decodeJwt } from 'jose';
import { z } from 'zod';
import { Controller, Get } from '@nestjs/common';
import { BearerAuth, CurrentPrincipal, type AuthPrincipal } from '../../src/index.js';
import { ADAPTERS } from '../support/adapter.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { answer, answerIn, ask, askedForConsent, CONSENT } from '../support/authorization.js';
import { send } from '../support/http.js';
import {
  authorizeQuery,
  basic,
  exchange,
  Navigator,
  pkce,
  providerOptions,
  tokenRequest,
  WEB,
} from '../support/oauth.js';

const API = 'https://payments.example';
const OTHER = 'https://accounts.example';
const PAYMENT = {
  type: 'payment',
  actions: ['initiate'],
  locations: [API],
  amount: { currency: 'EUR', value: '12.50' },
};
const ACCOUNT = { type: 'account', actions: ['read'], locations: [OTHER], identifier: 'DE89' };

const TYPES = {
  payment: {
    title: 'Pay once',
    schema: z.strictObject({
      actions: z.array(z.enum(['initiate', 'status'])),
      locations: z.array(z.string()).optional(),
      amount: z.object({ currency: z.string().length(3), value: z.string() }),
      note: z.string().optional(),
    }),
  },
  account: {
    title: { en: 'See an account', de: 'Ein Konto sehen' },
    schema: z.looseObject({ identifier: z.string() }),
  },
  constructor: { title: 'A name that objects have', schema: z.object({}) },
};
const NARROW = { ...WEB, clientId: 'narrow', metadata: { authorization_details_types: ['account'] } };
const RESOURCE = { ...WEB, clientId: 'payments', redirectUris: [], resources: [API] };
const JWTS = { ...WEB, clientId: 'jwts', accessTokenFormat: 'jwt' as const };

@Controller('own')
class OwnController {
  @Get() @BearerAuth() own(@CurrentPrincipal() { authorizationDetails }: AuthPrincipal) {
    return { authorizationDetails };
  }
}

const text = (...details: unknown[]) => JSON.stringify(details);

describe.each(ADAPTERS)('RFC 9396: authorization details on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      auth: providerOptions(
        { clients: [WEB, NARROW, RESOURCE, JWTS], authorizationDetails: TYPES, dynamicRegistration: 'open' },
        { resources: [{ resource: API }, { resource: OTHER }], clientCredentials: true },
      ),
      controllers: [OwnController],
    });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host?.close());

  /** A user is asked, and allows it. */
  async function codeFor(details: string, client = WEB, change: Record<string, string> = {}) {
    const { verifier, challenge } = pkce();
    const asked = {
      code_challenge: challenge,
      code_challenge_method: 'S256',
      authorization_details: details,
      ...change,
    };
    const handle = await askedForConsent(browser, client, asked);
    return { code: answerIn(await answer(browser, handle, true), client)['code']!, verifier };
  }
  const introspect = async (client: typeof WEB, token: string) =>
    (
      await send(`${host.url}/api/auth/oauth2/introspect`, {
        body: new URLSearchParams({ token }).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...basic(client.clientId, client.clientSecret!),
        },
      })
    ).body as Record<string, unknown>;

  it('K1, K3 3.1, 7: beside scopes, shown to the user, and told with the tokens', async () => {
    const handle = await askedForConsent(browser, WEB, { authorization_details: text(PAYMENT, ACCOUNT, PAYMENT) });
    const page = await browser.get(`${CONSENT}?request=${handle}`);
    for (const words of ['Pay once', 'See an account', 'initiate', 'EUR', 'DE89']) expect(page.text).toContain(words);
    const { code, verifier } = await codeFor(text(PAYMENT, ACCOUNT, PAYMENT));
    const { body } = await exchange(host, WEB, { code, verifier });
    expect(body.authorization_details).toEqual([canonicalised(ACCOUNT), canonicalised(PAYMENT)].reverse());
    expect(body.scope).toBe('openid');
    const own = await send(`${host.url}/own`, { bearer: body.access_token });
    expect(own.body).toEqual({ authorizationDetails: body.authorization_details });
  });

  it('K1 3: the user is asked each time; without them a remembered consent does', async () => {
    await codeFor(text(PAYMENT));
    expect((await ask(browser, WEB, { authorization_details: text(PAYMENT) })).location).toContain('/oauth2/consent?');
    expect(answerIn(await ask(browser, WEB), WEB)).toHaveProperty('code');
    const silent = await ask(browser, WEB, { authorization_details: text(PAYMENT), prompt: 'none' });
    expect(answerIn(silent, WEB)['error']).toBe('consent_required');
  });

  it('T206 what a client writes there is text on the page of consent', async () => {
    const note = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    const handle = await askedForConsent(browser, WEB, { authorization_details: text({ ...PAYMENT, note }) });
    const { text: page } = await browser.get(`${CONSENT}?request=${handle}`);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img src=x');
    expect(page).toContain('&lt;script&gt;');
  });

  it('K3 6, 9: fewer of them at the token endpoint; a refresh gets all again, or fewer', async () => {
    const granted = await codeFor(text(PAYMENT, ACCOUNT), WEB, { scope: 'openid offline_access' });
    const { body } = await exchange(host, WEB, granted, { authorization_details: text(ACCOUNT) });
    expect(body.authorization_details).toEqual([canonicalised(ACCOUNT)]);
    const refresh = (token: string, details?: string) =>
      tokenRequest(host, WEB, { grant_type: 'refresh_token', refresh_token: token, authorization_details: details });
    const all = (await refresh(body.refresh_token)).body;
    expect(all.authorization_details).toHaveLength(2);
    const repeated = await refresh(body.refresh_token, text(PAYMENT));
    expect([repeated.status, repeated.body.error]).toEqual([400, 'invalid_authorization_details']);
    expect((await refresh(body.refresh_token)).body.refresh_token).toBe(all.refresh_token);
    const fewer = (await refresh(all.refresh_token, text(PAYMENT))).body;
    expect(fewer.authorization_details).toEqual([canonicalised(PAYMENT)]);
    const more = await refresh(fewer.refresh_token, text({ ...PAYMENT, amount: { currency: 'EUR', value: '9999' } }));
    expect([more.status, more.body.error]).toEqual([400, 'invalid_authorization_details']);
    expect((await refresh(fewer.refresh_token)).status).toBe(200);
  });

  it('T207 a code is not spent by a request for more than was granted', async () => {
    const granted = await codeFor(text(ACCOUNT));
    const more = await exchange(host, WEB, granted, { authorization_details: text(PAYMENT) });
    expect([more.status, more.body.error]).toEqual([400, 'invalid_authorization_details']);
    expect((await exchange(host, WEB, granted)).status).toBe(200);
  });

  it('K3 9.1, 9.2: a resource sees what concerns it, in a JWT and by introspection', async () => {
    const granted = await codeFor(text(PAYMENT, ACCOUNT), JWTS, { resource: API });
    const { access_token: jwt, authorization_details: all } = (await exchange(host, JWTS, granted)).body;
    expect(all).toHaveLength(2);
    expect(decodeJwt(jwt)['authorization_details']).toEqual([canonicalised(PAYMENT)]);
    const opaque = (await exchange(host, WEB, await codeFor(text(PAYMENT, ACCOUNT), WEB, { resource: API }))).body;
    expect((await introspect(RESOURCE, opaque.access_token))['authorization_details']).toEqual([
      canonicalised(PAYMENT),
    ]);
    expect((await introspect(WEB, opaque.access_token))['authorization_details']).toHaveLength(2);
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['an object', JSON.stringify(PAYMENT)],
    ['an empty list', '[]'],
    ['a text in the list', '["payment"]'],
    ['null in the list', '[null]'],
    ['no type', text({ actions: ['initiate'] })],
    ['a type that is no text', text({ ...PAYMENT, type: ['payment'] })],
    ['an unknown type', text({ ...PAYMENT, type: 'loan' })],
    ['a name that every object has', text({ type: 'toString' })],
    ['its own prototype', '[{"type":"account","identifier":"a","__proto__":{"admin":true}}]'],
    ['an unknown member', text({ ...PAYMENT, admin: true })],
    ['an unknown member inside', text({ ...PAYMENT, amount: { ...PAYMENT.amount, fee: '1' } })],
    ['a missing member', text({ type: 'payment', actions: ['initiate'] })],
    ['a wrong value', text({ ...PAYMENT, actions: ['refund'] })],
    ['locations that are no list', text({ ...ACCOUNT, locations: API })],
    ['actions that are no texts', text({ ...ACCOUNT, actions: [1] })],
    ['an identifier that is no text', text({ ...ACCOUNT, identifier: 5 })],
    ['too many', text(...Array.from({ length: 21 }, () => ACCOUNT))],
    ['too deep', text({ ...ACCOUNT, a: { b: { c: { d: { e: {} } } } } })],
    ['too long', text({ ...ACCOUNT, note: 'x'.repeat(8_200) })],
  ])('K2 5: %s is invalid_authorization_details, and nobody is asked', async (_name, details) => {
    const answered = answerIn(await ask(browser, WEB, { authorization_details: details }), WEB);
    expect(answered['error']).toBe('invalid_authorization_details');
  });

  it('K2 10: the types that a client has registered limit it; one that registered itself has none otherwise', async () => {
    expect(answerIn(await ask(browser, NARROW, { authorization_details: text(PAYMENT) }), NARROW)['error']).toBe(
      'invalid_authorization_details',
    );
    expect((await ask(browser, NARROW, { authorization_details: text(ACCOUNT) })).location).toContain(
      '/oauth2/consent?',
    );
    const register = (more: object) =>
      send(`${host.url}/api/auth/oauth2/register`, { body: { redirect_uris: ['https://self.example/cb'], ...more } });
    const plain = (await register({})).body;
    const self = { clientId: plain.client_id, redirectUris: ['https://self.example/cb'] };
    const { challenge } = pkce();
    const asked = { code_challenge: challenge, authorization_details: text(ACCOUNT) };
    const page = await browser.get(`/api/auth/oauth2/authorize?${authorizeQuery(self, asked)}`);
    expect(page.location ?? page.text).toContain('invalid_authorization_details');
    const named = await register({ authorization_details_types: ['account'] });
    expect([named.status, named.body.authorization_details_types]).toEqual([201, ['account']]);
    expect((await register({ authorization_details_types: ['loan'] })).body.error).toBe('invalid_client_metadata');
  });

  it('K3 10: the metadata names the types', async () => {
    const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
    expect(body.authorization_details_types_supported).toEqual(['payment', 'account', 'constructor']);
  });
});

/** As they come back: members in order. */
function canonicalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonicalised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, canonicalised(member)]),
  );
}
