import type { Connection } from '../connection.js';
import { flows, inTurn } from '../load.js';
import { encode, readJson, readRedirect, unexpected } from '../message.js';
import {
  BASIC,
  CHALLENGE,
  CLIENT,
  DEVICE_GRANT,
  REDIRECT_URI,
  RESOURCE,
  SCOPE,
  USER_SCOPE,
  VERIFIER,
} from '../oauth-client.js';
import { ask, bearerOf, type BenchHost, type BenchUser } from './bench-host.js';
import type { Workload } from './workload.js';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

const TOKEN = '/api/auth/oauth2/token';
const OWN_TOKEN = { grant_type: 'client_credentials', scope: SCOPE };
const EACH = 16;

/** What the endpoints of the OAuth provider cost: one request, or one flow of two. */
export const OAUTH_ENDPOINTS: readonly Workload[] = [
  {
    id: 'W4',
    title: 'client credentials, opaque token',
    prepare: async () => inTurn([tokenRequest(OWN_TOKEN)]),
  },
  {
    id: 'W5',
    title: 'client credentials, JWT (ES256)',
    prepare: async () => inTurn([tokenRequest({ ...OWN_TOKEN, resource: RESOURCE })]),
  },
  {
    id: 'W6',
    title: 'introspection, 256 opaque tokens in turn',
    prepare: async (host) => {
      const issued = await host.perUser(EACH, (connection) => redeem(connection, OWN_TOKEN));
      return inTurn(
        issued.map(({ access_token: token }) => {
          const form = { token, token_type_hint: 'access_token' };
          return encode({ path: '/api/auth/oauth2/introspect', headers: BASIC, form });
        }),
      );
    },
  },
  {
    id: 'W7',
    title: 'code with PKCE and ID token: authorize, exchange',
    prepare: async (host) => {
      const users = await host.perUser(1, agree);
      return flows(users.map((user) => async (connection) => void (await codeFlow(connection, user))));
    },
  },
  {
    id: 'W8',
    title: 'refresh, each time with the newest token',
    prepare: async (host) => {
      const chains = await refreshChains(host);
      return flows(
        chains.map((first) => {
          let token = first;
          return async (connection) => {
            ({ refresh_token: token } = await redeem(connection, {
              grant_type: 'refresh_token',
              refresh_token: token,
            }));
          };
        }),
      );
    },
  },
  {
    id: 'W9',
    title: 'device: issue, one poll that is told to wait',
    prepare: async (host) => flows((await host.users()).map(() => pendingDevice)),
  },
];

function tokenRequest(form: Readonly<Record<string, string>>): Buffer {
  return encode({ path: TOKEN, headers: BASIC, form });
}

async function redeem(connection: Connection, form: Readonly<Record<string, string>>): Promise<Tokens> {
  return readJson<Tokens>(await connection.send(tokenRequest(form)));
}

/** Where an authorization request sends the browser. */
async function authorize(connection: Connection, { cookie }: BenchUser, prompt?: 'consent'): Promise<URL> {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: CLIENT.clientId,
    redirect_uri: REDIRECT_URI,
    scope: USER_SCOPE,
    state: 'bench',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...(prompt && { prompt }),
  });
  const headers = { cookie, accept: 'text/html' };
  return readRedirect(await connection.send(encode({ path: `/api/auth/oauth2/authorize?${query}`, headers })));
}

/** The user agrees once; later requests do not ask again. */
async function agree(connection: Connection, user: BenchUser): Promise<BenchUser> {
  const page = await authorize(connection, user, 'consent');
  const json = { consent_code: page.searchParams.get('request'), accept: true };
  await ask(connection, { path: '/api/auth/oauth2/consent', headers: bearerOf(user.sessionToken), json });
  return user;
}

async function codeFlow(connection: Connection, user: BenchUser): Promise<Tokens> {
  const code = (await authorize(connection, user)).searchParams.get('code') ?? '';
  const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI, code, code_verifier: VERIFIER };
  return redeem(connection, form);
}

/** @returns a refresh token for each user */
export async function refreshChains(host: BenchHost): Promise<readonly string[]> {
  await host.perUser(1, agree);
  return (await host.perUser(1, codeFlow)).map(({ refresh_token: token }) => token);
}

async function pendingDevice(connection: Connection): Promise<void> {
  const issue = encode({ path: '/api/auth/device/code', headers: BASIC, form: { scope: 'openid' } });
  const { device_code: code } = readJson<{ device_code: string }>(await connection.send(issue));
  const reply = await connection.send(tokenRequest({ grant_type: DEVICE_GRANT, device_code: code }));
  const { error } = readJson<{ error: string }>(reply, 400);
  if (error !== 'authorization_pending') throw unexpected(reply);
}
