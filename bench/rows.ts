import type { ChildProcess } from 'node:child_process';
import { readJson, send } from './http.js';
import { CONNECTIONS, repeat, type Driver } from './load.js';

export interface Server {
  readonly process: ChildProcess;
  readonly url: string;
}

/** What is measured, and where. */
export interface Row {
  readonly server: Server;
  readonly name: string;
  readonly drive: Driver;
}

export interface BenchUser {
  readonly accessToken: string;
  readonly sessionToken: string;
  readonly cookie: string;
}

type Headers = Record<string, string>;

/** One row per guarded route, each with a credential of its kind. */
export async function guardedRows(server: Server, uncached: Server, user: BenchUser): Promise<Row[]> {
  const bearer = bearerOf(user.sessionToken);
  const keyOf = async (configId: string) => {
    const call = { headers: bearer, json: { name: 'bench', configId } };
    const { key } = readJson<{ key: string }>(await send(`${server.url}/api/auth/api-key/create`, call));
    return { 'x-api-key': key };
  };
  const issue = async () =>
    bearerOf(readJson<{ token: string }>(await send(`${server.url}/api/auth/token`, { headers: bearer })).token);
  // One for each connection: simultaneous requests with the same token would share one verification.
  const jwts = await Promise.all(Array.from({ length: CONNECTIONS }, issue));
  const row = (name: string, path: string, headers: Headers): Row => ({
    name,
    server,
    drive: repeat({ url: server.url + path, headers }),
  });
  const jwtRow = (name: string, at: Server): Row => ({
    name,
    server: at,
    drive: repeat({ url: `${at.url}/bearer`, headersByConnection: jwts }),
  });
  return [
    unguardedRow('unguarded', server),
    row('access token', '/bearer', bearerOf(user.accessToken)),
    row('session token', '/bearer', bearer),
    row('API key', '/api-key', await keyOf('default')),
    row('API key with a limit', '/api-key', await keyOf('limited')),
    jwtRow('JWT ES256, cached', server),
    jwtRow('JWT ES256, first sight', uncached),
  ];
}

export function unguardedRow(name: string, server: Server): Row {
  return { name, server, drive: repeat({ url: `${server.url}/unguarded` }) };
}

/** A new user, with everything that sign-up returns. */
export async function signUp(server: Server): Promise<BenchUser> {
  const json = { email: `bench-${process.pid}-${Date.now()}@example.com`, password: 'bench-password', name: 'Bench' };
  const reply = await send(`${server.url}/api/auth/sign-up/email`, { json });
  const { accessToken, token } = readJson<{ accessToken: string; token: string }>(reply);
  return { accessToken, sessionToken: token, cookie: reply.cookies.join('; ') };
}

export function bearerOf(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}
