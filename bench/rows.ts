import type { ChildProcess } from 'node:child_process';

export const CONNECTIONS = 32;

export interface Server {
  readonly process: ChildProcess;
  readonly url: string;
}

export interface Row {
  readonly server: Server;
  readonly name: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** In place of `headers`: one set for each connection. */
  readonly headersByConnection?: readonly Record<string, string>[];
}

type Headers = Record<string, string>;

/** Signs a user up, makes one credential of each kind, and says which requests are measured with them. */
export async function prepareRows(server: Server, uncached: Server): Promise<Row[]> {
  const signUp = { email: `bench-${process.pid}-${Date.now()}@example.com`, password: 'bench-password', name: 'Bench' };
  const { accessToken, token } = await call<{ accessToken: string; token: string }>(
    server,
    'sign-up/email',
    {},
    signUp,
  );
  const bearer = { authorization: `Bearer ${token}` };
  const keyOf = async (configId: string) => {
    const { key } = await call<{ key: string }>(server, 'api-key/create', bearer, { name: 'bench', configId });
    return { 'x-api-key': key };
  };
  const issue = async () => ({
    authorization: `Bearer ${(await call<{ token: string }>(server, 'token', bearer)).token}`,
  });
  // One for each connection: requests that show the same token at the same time would share one verification.
  const jwts = await Promise.all(Array.from({ length: CONNECTIONS }, issue));
  return [
    { name: 'unguarded', path: '/unguarded', server },
    { name: 'access token', path: '/bearer', headers: { authorization: `Bearer ${accessToken}` }, server },
    { name: 'session token', path: '/bearer', headers: bearer, server },
    { name: 'API key', path: '/api-key', headers: await keyOf('default'), server },
    { name: 'API key with a limit', path: '/api-key', headers: await keyOf('limited'), server },
    { name: 'JWT ES256, cached', path: '/bearer', headersByConnection: jwts, server },
    { name: 'JWT ES256, first sight', path: '/bearer', headersByConnection: jwts, server: uncached },
  ];
}

async function call<Answer>(server: Server, route: string, headers: Headers, body?: object): Promise<Answer> {
  const response = await fetch(`${server.url}/api/auth/${route}`, {
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return (await response.json()) as Answer;
}
