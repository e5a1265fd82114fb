import type { IdentityAssertionsOptions, StaticClientOptions, TokenExchangeOptions } from '../../src/index.js';
import type { TestApp } from './app.js';
import type { Answer } from './http.js';
import { createExchangeHost, EXCHANGE, trade, TYPE, type ExchangeHostOptions } from './token-exchange.js';

export const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
/** Other authorization servers, and resources of theirs. */
export const CHAT = 'https://chat.partner.example';
export const CHAT_API = 'https://chat.partner.example/mcp';
export const FILES = 'https://files.example/as';
export const FILES_API = 'https://files.example/api';
export const MORE_FILES_API = 'https://files.example/more';
const SECRET = 'a-secret-of-thirty-two-characters-or-more';
const SCOPES = ['openid', 'email', 'offline_access', 'orders:read'];
const GRANTS = ['authorization_code', 'refresh_token', EXCHANGE];

const client = (clientId: string, more: Partial<StaticClientOptions> = {}): StaticClientOptions => ({
  clientId,
  clientSecret: SECRET,
  redirectUris: [`https://${clientId}.example/callback`],
  scopes: SCOPES,
  grantTypes: GRANTS,
  ...more,
});
/** The client of most tests. */
export const AGENT = client('assistant');
/** It may not have the address of a user. */
export const MUTE = client('mute', { scopes: ['openid', 'offline_access'] });
/** It has the grant, and no entry. */
export const STRANGER = client('stranger');
/** It knows users by names that only its sector has. */
export const PAIRWISE = client('pairwise', { metadata: { subject_type: 'pairwise' } });
/** The other server, as a client of ours in its own sector. */
export const PARTNER = client('chat.partner', { metadata: { subject_type: 'pairwise' } });
export const OPEN: StaticClientOptions = {
  clientId: 'open',
  redirectUris: ['https://open.example/callback'],
  scopes: SCOPES,
  grantTypes: GRANTS,
};
export const URL_CLIENT = client('https://cimd.example/client.json', {
  redirectUris: ['https://cimd.example/callback'],
});

export const AUDIENCES: IdentityAssertionsOptions['audiences'] = {
  [CHAT]: {
    clients: {
      assistant: 'assistant-at-chat',
      mute: 'mute-at-chat',
      pairwise: 'pairwise-at-chat',
      open: 'open-at-chat',
      'chat.partner': 'partner-at-chat',
      [URL_CLIENT.clientId]: true,
    },
    resources: [CHAT_API],
    scopes: ['chat:read', 'chat:write'],
    sector: 'chat.partner.example',
  },
  [FILES]: {
    clients: { assistant: 'assistant-at-files', mute: 'mute-at-files' },
    resources: [FILES_API, MORE_FILES_API],
    scopes: ['files:read'],
    tenant: 'acme',
    email: true,
    audSub: ({ id }) => `files-${id}`,
  },
};

export interface AssertionHostOptions extends ExchangeHostOptions {
  readonly assertions?: Partial<IdentityAssertionsOptions>;
}

export function createAssertionHost({ assertions, ...rest }: AssertionHostOptions = {}): Promise<TestApp> {
  const exchange: TokenExchangeOptions = { identityAssertions: { audiences: AUDIENCES, ...assertions } };
  const clients = [AGENT, MUTE, STRANGER, PAIRWISE, PARTNER, OPEN, URL_CLIENT, ...(rest.clients ?? [])];
  return createExchangeHost({ ...rest, exchange: { ...exchange, ...rest.exchange }, clients });
}

type Form = Readonly<Record<string, string | undefined>>;

/** An identity assertion for the chat server, by an ID token; members given replace those, and undefined leaves one out. */
export function vouch(
  host: Pick<TestApp, 'url'>,
  holder: StaticClientOptions,
  idToken: string,
  form: Form = {},
): Promise<Answer> {
  return trade(host, holder, idToken, {
    subject_token_type: TYPE.id,
    requested_token_type: ID_JAG,
    audience: CHAT,
    resource: CHAT_API,
    ...form,
  });
}

/** The header of a JWT, unverified. */
export function headerOf(token: string): any {
  return JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString());
}
