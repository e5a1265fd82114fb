import type { StaticClientOptions } from '../../src/index.js';
import type { TestApp } from './app.js';
import * as doors from './dpop-doors.js';
import type { DpopKey, ProofTerms } from './dpop.js';
import { send, type Answer } from './http.js';
import { basic, obtainCode, type Navigator } from './oauth.js';

type Host = Pick<TestApp, 'url'>;

export const TOKEN_URL = doors.addressOf(doors.TOKEN_PATH);
export const PAR_URL = doors.addressOf(doors.PAR_PATH);
export const tokenProof = (key: DpopKey, more: Partial<ProofTerms> = {}) => key.proof({ url: TOKEN_URL, ...more });

/** @param proof the header; a key makes a right one */
export function askTokens(
  host: Host,
  client: StaticClientOptions,
  form: Readonly<Record<string, string>>,
  proof?: DpopKey | string,
): Promise<Answer> {
  const isPublic = client.clientSecret === undefined;
  const body = new URLSearchParams({ ...form, ...(isPublic && { client_id: client.clientId }) });
  const dpop = typeof proof === 'object' ? tokenProof(proof) : proof;
  const headers = {
    ...(!isPublic && basic(client.clientId, client.clientSecret!)),
    ...(dpop !== undefined && { dpop }),
  };
  return send(host.url + doors.TOKEN_PATH, { body, headers });
}

export type Grant = Awaited<ReturnType<typeof obtainCode>>;

export function redeem(host: Host, client: StaticClientOptions, { code, verifier }: Grant, proof?: DpopKey | string) {
  const redirect = client.redirectUris![0]!;
  const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirect };
  return askTokens(host, client, form, proof);
}

export function renew(host: Host, client: StaticClientOptions, refreshToken: string, proof?: DpopKey | string) {
  return askTokens(host, client, { grant_type: 'refresh_token', refresh_token: refreshToken }, proof);
}

/** The tokens of a user who consents, bound to the key. */
export async function boundTokens(
  browser: Navigator,
  client: StaticClientOptions,
  key: DpopKey | undefined,
  scope = 'openid offline_access',
): Promise<{ access_token: string; refresh_token: string; token_type: string }> {
  const { status, body } = await redeem(browser.host, client, await obtainCode(browser, client, { scope }), key);
  if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
  return body;
}

/** A request to a guarded route. */
export function visit(
  host: Host,
  path: string,
  token: string,
  proof?: DpopKey | string,
  scheme = 'DPoP',
): Promise<Answer> {
  const dpop = typeof proof === 'object' ? proof.proof({ method: 'GET', url: doors.addressOf(path), token }) : proof;
  return send(host.url + path, {
    headers: { authorization: `${scheme} ${token}`, ...(dpop !== undefined && { dpop }) },
  });
}

export const told = ({ status, body }: Answer) => `${status} ${body?.error ?? ''}`.trim();

export async function spentProofs(host: Pick<TestApp, 'sql'>): Promise<number> {
  const [row] = await host.sql<{ count: number }>('SELECT count(*)::int AS count FROM auth_spent_jwt');
  return row!.count;
}
