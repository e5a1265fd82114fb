import type { StaticClientOptions } from '../../src/index.js';
import type { TestApp } from './app.js';
import { send, type Answer } from './http.js';
import { AUTHORIZE, authorizeQuery, basic, pkce, type Navigator, type Page } from './oauth.js';

export const PAR = '/api/auth/oauth2/par';
export const REQUEST_URI = /^urn:ietf:params:oauth:request_uri:narp_[0-9A-Za-z]{49}$/;

type Change = Record<string, string | undefined>;

/** Pushes what is a valid request except for `change`; confidential clients prove themselves by HTTP Basic. */
export function push(
  host: Pick<TestApp, 'url'>,
  client: StaticClientOptions,
  change: Change = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const query = authorizeQuery(client, { code_challenge: pkce().challenge, ...change });
  return pushForm(host, client, new URLSearchParams(query), headers);
}

/** Pushes exactly these fields. */
export function pushForm(
  host: Pick<TestApp, 'url'>,
  client: StaticClientOptions,
  body: URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const proof = client.clientSecret === undefined ? {} : basic(client.clientId, client.clientSecret);
  return send(host.url + PAR, { body, headers: { ...proof, ...headers } });
}

/** @returns the `request_uri` of a request that was taken */
export async function pushed(
  host: Pick<TestApp, 'url'>,
  client: StaticClientOptions,
  change: Change = {},
): Promise<string> {
  const { status, body, text } = await push(host, client, change);
  if (status !== 201) throw new Error(`not taken: ${status} ${text}`);
  return body.request_uri;
}

/** The address that a client sends the browser to. */
export function openingOf(
  client: Pick<StaticClientOptions, 'clientId'>,
  requestUri: string,
  more: Change = {},
): string {
  const given = { client_id: client.clientId, request_uri: requestUri, ...more };
  return `${AUTHORIZE}?${new URLSearchParams(given as Record<string, string>).toString()}`;
}

export function open(
  browser: Navigator,
  client: Pick<StaticClientOptions, 'clientId'>,
  requestUri: string,
  more: Change = {},
): Promise<Page> {
  return browser.get(openingOf(client, requestUri, more));
}
