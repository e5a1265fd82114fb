import { Controller, Get } from '@nestjs/common';
import {
  BearerAuth,
  CurrentPrincipal,
  type AuthOptions,
  type AuthPrincipal,
  type OAuthProviderOptions,
  type StaticClientOptions,
  type TokenExchangeOptions,
} from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp, type TestAppOptions } from './app.js';
import { send, type Answer } from './http.js';
import { basic, exchange as exchangeCode, Navigator, obtainCode, tokenRequest } from './oauth.js';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const TYPE = {
  access: 'urn:ietf:params:oauth:token-type:access_token',
  id: 'urn:ietf:params:oauth:token-type:id_token',
  refresh: 'urn:ietf:params:oauth:token-type:refresh_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
  apiKey: 'urn:nest-authority:token-type:api_key',
} as const;

export const ORDERS = 'https://orders.example/api';
export const BILLING = 'https://billing.example/api';
export const LEDGER = 'https://ledger.example/api';
const SCOPES = ['orders:read', 'billing:read', 'billing:write', 'ledger:read', 'read:data'];
const EVERY_SCOPE = ['openid', 'profile', 'email', 'offline_access', ...SCOPES];
const GRANTS = { exchanges: [EXCHANGE], users: ['authorization_code', 'refresh_token'] };
const secretOf = (name: string) => `${name}-secret-${name}-secret-of-thirty-two`;

const client = (clientId: string, more: Partial<StaticClientOptions> = {}): StaticClientOptions => ({
  clientId,
  clientSecret: secretOf(clientId),
  ...more,
});
const REDIRECTS = ['https://shop.example/callback'];

/** The client that users meet. */
export const SHOP = client('shop', { redirectUris: REDIRECTS, scopes: EVERY_SCOPE });
/** APIs that stand for themselves, and call the next one. */
export const ORDERS_API = client('orders', { resources: [ORDERS], grantTypes: GRANTS.exchanges });
export const BILLING_API = client('billing', { resources: [BILLING], grantTypes: GRANTS.exchanges });
export const LEDGER_API = client('ledger', { resources: [LEDGER], grantTypes: GRANTS.exchanges });
/** It exchanges what it was given itself. */
export const DESK = client('desk', {
  redirectUris: REDIRECTS,
  scopes: EVERY_SCOPE,
  grantTypes: [...GRANTS.users, EXCHANGE],
});
/** It has the grant, and no rule. */
export const UNNAMED = client('unnamed', { resources: [ORDERS], grantTypes: GRANTS.exchanges });
/** It has a rule, and not the grant. */
export const UNGRANTED = client('ungranted', { resources: [ORDERS], grantTypes: ['client_credentials'] });
/** It acts as the user. */
export const MIMIC = client('mimic', { resources: [ORDERS], grantTypes: GRANTS.exchanges });
/** It has tokens of its own. */
export const AGENT = client('agent', {
  grantTypes: ['client_credentials'],
  scopes: ['read:data'],
  clientCredentialsScopes: ['read:data'],
});
export const PUBLIC: StaticClientOptions = { clientId: 'public', grantTypes: [EXCHANGE], resources: [ORDERS] };

const CLIENTS = [SHOP, ORDERS_API, BILLING_API, LEDGER_API, DESK, UNNAMED, UNGRANTED, MIMIC, AGENT, PUBLIC];
export const RESOURCES = [
  { resource: ORDERS, scopes: SCOPES },
  { resource: BILLING, scopes: ['billing:read', 'billing:write', 'ledger:read'] },
  { resource: LEDGER, scopes: ['ledger:read', 'read:data'] },
];
export const RULES: NonNullable<TokenExchangeOptions['clients']> = {
  orders: { targets: [BILLING], scopes: ['billing:read', 'ledger:read'], actors: ['agent'] },
  billing: { targets: [LEDGER, ORDERS, BILLING], scopes: ['ledger:read', 'billing:read'] },
  ledger: { targets: [LEDGER, BILLING], scopes: ['ledger:read'] },
  desk: { subjectTokenTypes: ['access_token', 'id_token'], targets: [BILLING], scopes: ['billing:read'] },
  ungranted: { targets: [BILLING], scopes: ['billing:read'] },
  public: { targets: [BILLING], scopes: ['billing:read'] },
  mimic: { targets: [BILLING], scopes: ['billing:read'], mode: 'impersonation' },
};

/** What the guard of each API has seen. */
@Controller()
export class Apis {
  @Get('orders') @BearerAuth({ audience: ORDERS }) orders(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('billing') @BearerAuth({ audience: BILLING }) billing(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
  @Get('ledger') @BearerAuth({ audience: LEDGER }) ledger(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
}

function seen({ kind, subjectId, clientId, actor, scopes, roles }: AuthPrincipal) {
  return { kind, subjectId, clientId, actor, scopes: [...scopes], roles: [...roles] };
}

export interface ExchangeHostOptions extends Omit<TestAppOptions, 'auth'> {
  readonly exchange?: TokenExchangeOptions;
  readonly format?: 'opaque' | 'jwt';
  readonly clients?: readonly StaticClientOptions[];
  readonly provider?: OAuthProviderOptions;
  readonly core?: Partial<AuthOptions>;
}

export function exchangeOptions(options: ExchangeHostOptions = {}): Partial<AuthOptions> {
  const { exchange = {}, format = 'opaque', clients = [], provider, core } = options;
  const all = [...CLIENTS, ...clients].map((one) => ({ accessTokenFormat: format, ...one }));
  return {
    jwt: true,
    apiKeys: true,
    clientCredentials: true,
    oauthProvider: { clients: all, scopes: EVERY_SCOPE, ...provider },
    tokenExchange: { clients: RULES, ...exchange },
    resources: RESOURCES,
    ...core,
  };
}

export function createExchangeHost(options: ExchangeHostOptions = {}): Promise<TestApp> {
  return createTestApp({ ...options, controllers: [Apis], auth: exchangeOptions(options) });
}

/** A user who has signed in and agreed, and what the client got. */
export interface Customer {
  readonly id: string;
  readonly browser: Navigator;
  readonly tokens: { access_token: string; id_token?: string; refresh_token?: string };
}

export interface Wishes {
  /** Of the pages; default that of tests. */
  readonly origin?: string;
  readonly client?: StaticClientOptions;
  readonly scope?: string;
  readonly resource?: string | undefined;
}

export async function customerOf(host: Pick<TestApp, 'url'>, wishes: Wishes = {}): Promise<Customer> {
  const browser = new Navigator(host, wishes.origin);
  const id = await browser.signUp();
  return { id, browser, tokens: await tokensOf(host, browser, wishes) };
}

/** More tokens for a user who is signed in. */
export async function tokensOf(
  host: Pick<TestApp, 'url'>,
  browser: Navigator,
  wishes: Wishes,
): Promise<Customer['tokens']> {
  const { client: holder = SHOP, scope = 'openid orders:read billing:read ledger:read' } = wishes;
  const resource = 'resource' in wishes ? wishes.resource : ORDERS;
  const { status, body } = await exchangeCode(host, holder, await obtainCode(browser, holder, { scope, resource }));
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

export async function signOut({ browser }: Customer): Promise<void> {
  const headers = { cookie: browser.cookie, origin: TEST_ISSUER };
  const { status } = await send(`${browser.host.url}/api/auth/sign-out`, { body: {}, headers });
  if (status !== 200) throw new Error(`sign-out: ${status}`);
}

type Form = Readonly<Record<string, string | undefined>>;

/** An exchange of an access token; members given replace those, and undefined leaves one out. */
export function trade(
  host: Pick<TestApp, 'url'>,
  holder: StaticClientOptions,
  token: string,
  form: Form = {},
): Promise<Answer> {
  return tokenRequest(host, holder, {
    grant_type: EXCHANGE,
    subject_token: token,
    subject_token_type: TYPE.access,
    ...form,
  });
}

/** The same for a form with repeated members. */
export function tradeForm(
  host: Pick<TestApp, 'url'>,
  holder: StaticClientOptions,
  form: URLSearchParams,
): Promise<Answer> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...basic(holder.clientId, holder.clientSecret!),
  };
  return send(`${host.url}/api/auth/oauth2/token`, { body: form.toString(), headers });
}

/** A token of the client itself. */
export async function ownToken(
  host: Pick<TestApp, 'url'>,
  holder: StaticClientOptions,
  resource?: string,
): Promise<string> {
  const { body } = await tokenRequest(host, holder, { grant_type: 'client_credentials', resource });
  return body.access_token;
}

export async function introspect(host: Pick<TestApp, 'url'>, asking: StaticClientOptions, token: string): Promise<any> {
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...basic(asking.clientId, asking.clientSecret!),
  };
  const body = new URLSearchParams({ token }).toString();
  return (await send(`${host.url}/api/auth/oauth2/introspect`, { body, headers })).body;
}

/** The claims of a JWT, unverified. */
export function claimsOf(token: string): any {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
}
