import { readJson, send, type Reply } from './http.js';
import { CONNECTIONS, repeat, runFlows } from './load.js';
import { APP, CHALLENGE, DEVICE_GRANT, REDIRECT_URI, SCOPE, SERVICE, TV, VERIFIER } from './oauth-clients.js';
import { bearerOf, type BenchUser, type Row, type Server } from './rows.js';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
}

interface DeviceCodes {
  readonly device_code: string;
  readonly user_code: string;
}

const BASIC = {
  authorization: `Basic ${btoa([SERVICE.clientId, SERVICE.clientSecret].map(encodeURIComponent).join(':'))}`,
};
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const OWN_TOKEN = { grant_type: 'client_credentials', scope: SCOPE };

/** The endpoints of the OAuth provider: single requests, and flows of several. */
export async function oauthRows(server: Server, user: BenchUser): Promise<Row[]> {
  const base = `${server.url}/api/auth`;
  const post = (name: string, form: Record<string, string>) => ({
    method: 'POST' as const,
    url: `${base}/oauth2/${name}`,
    headers: { ...FORM, ...BASIC },
    body: new URLSearchParams(form).toString(),
  });
  const own = await send(`${base}/oauth2/token`, { headers: BASIC, form: OWN_TOKEN });
  const { access_token: token } = readJson<Tokens>(own);
  const flow = (name: string, run: () => Promise<void>): Row => ({ name, server, drive: runFlows(many(() => run)) });
  const chains = await Promise.all(many(() => beginChain(base, user)));
  for (const scope of ['openid', SCOPE]) await consent(base, user, scope);
  return [
    { name: 'client_credentials, opaque', server, drive: repeat(post('token', OWN_TOKEN)) },
    { name: 'introspection', server, drive: repeat(post('introspect', { token })) },
    flow('code + PKCE, 2 requests', async () => void (await codeFlow(base, user, SCOPE))),
    flow('code + PKCE + ID token, 2 requests', async () => void (await codeFlow(base, user, 'openid'))),
    { name: 'refresh rotation', server, drive: runFlows(chains) },
    flow('device: issue, poll; 2 requests', () => pendingDevice(base)),
    flow('device: issue, open, approve, tokens; 4 requests', () => approvedDevice(base, user)),
  ];
}

function many<T>(make: () => T): T[] {
  return Array.from({ length: CONNECTIONS }, make);
}

/** Where an authorization request sends the browser. */
async function authorize(base: string, { cookie }: BenchUser, scope: string): Promise<URL> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: APP,
    redirect_uri: REDIRECT_URI,
    scope,
    state: 'bench',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
  });
  const { location = '' } = await send(`${base}/oauth2/authorize?${query}`, {
    headers: { cookie, accept: 'text/html' },
  });
  return new URL(location, base);
}

/** The user consents once; later requests do not ask again. */
async function consent(base: string, user: BenchUser, scope: string): Promise<void> {
  const page = await authorize(base, user, scope);
  const handle = page.searchParams.get('request');
  if (handle === null) return;
  const json = { consent_code: handle, accept: true };
  readJson(await send(`${base}/oauth2/consent`, { headers: bearerOf(user.sessionToken), json }));
}

async function codeFlow(base: string, user: BenchUser, scope: string): Promise<Tokens> {
  const code = (await authorize(base, user, scope)).searchParams.get('code') ?? '';
  return redeem(base, {
    grant_type: 'authorization_code',
    client_id: APP,
    redirect_uri: REDIRECT_URI,
    code,
    code_verifier: VERIFIER,
  });
}

/** @returns a function that refreshes once, starting from the token of the call before */
async function beginChain(base: string, user: BenchUser): Promise<() => Promise<void>> {
  const scope = `offline_access ${SCOPE}`;
  await consent(base, user, scope);
  let { refresh_token: token } = await codeFlow(base, user, scope);
  return async () => {
    const form = { grant_type: 'refresh_token', client_id: APP, refresh_token: token ?? '' };
    ({ refresh_token: token } = await redeem(base, form));
  };
}

async function redeem(base: string, form: Record<string, string>): Promise<Tokens> {
  return readJson<Tokens>(await send(`${base}/oauth2/token`, { form }));
}

async function pendingDevice(base: string): Promise<void> {
  const { error } = readJson<{ error: string }>(await poll(base, await issue(base)), 400);
  if (error !== 'authorization_pending') throw new Error(`the device is told ${error}`);
}

async function approvedDevice(base: string, user: BenchUser): Promise<void> {
  const codes = await issue(base);
  const headers = bearerOf(user.sessionToken);
  readJson(await send(`${base}/device?${new URLSearchParams({ user_code: codes.user_code })}`, { headers }));
  readJson(await send(`${base}/device/approve`, { headers, json: { userCode: codes.user_code } }));
  readJson<Tokens>(await poll(base, codes));
}

async function issue(base: string): Promise<DeviceCodes> {
  return readJson<DeviceCodes>(await send(`${base}/device/code`, { form: { client_id: TV, scope: SCOPE } }));
}

function poll(base: string, { device_code: deviceCode }: DeviceCodes): Promise<Reply> {
  const form = { grant_type: DEVICE_GRANT, client_id: TV, device_code: deviceCode };
  return send(`${base}/oauth2/token`, { form });
}
