import type { Connection } from '../connection.js';
import { inTurn, type Load } from '../load.js';
import { encode } from '../message.js';
import { ask, bearerOf, type BenchHost, type BenchUser } from './bench-host.js';
import type { Workload } from './workload.js';

/** Times sixteen users: 256 credentials, in turn. */
const EACH = 16;
/** Permits are taken in blocks that follow the use of a key: its first uses say nothing of the later ones. */
const USES_OF_KEY = 8;

/** What a guard costs a route of the host. */
export const GUARDED_ROUTES: readonly Workload[] = [
  route('W0', 'no guard', () => repeated('/unguarded')),
  route('W0late', 'no guard, in a module that the host imports after ours', () => repeated('/late')),
  route('W1', 'API key with an exact limit, 256 keys in turn', keysInTurn('limited', EACH)),
  route('W1off', 'API key without a limit, 256 keys in turn', keysInTurn('default', EACH)),
  route('W1hot', 'API key with an exact limit, one key for all', keysInTurn('limited', 1)),
  route('W2', 'opaque access token, 256 tokens in turn', async (host) => {
    const issued = await host.perUser(EACH, (connection, { sessionToken }) =>
      ask<{ accessToken: string }>(connection, {
        path: '/api/auth/token/issue',
        headers: bearerOf(sessionToken),
        json: {},
      }),
    );
    return bearersInTurn(issued.map(({ accessToken }) => accessToken));
  }),
  route('W3', 'JWT (ES256), 256 tokens in turn', async (host) => {
    const issued = await host.perUser(EACH, (connection, { sessionToken }) =>
      ask<{ token: string }>(connection, { path: '/api/auth/token', headers: bearerOf(sessionToken) }),
    );
    return bearersInTurn(issued.map(({ token }) => token));
  }),
];

function route(id: string, title: string, prepare: Workload['prepare']): Workload {
  return { id, title, isAnsweredByNestAlone: true, prepare };
}

function repeated(path: string): Promise<Load> {
  return Promise.resolve(inTurn([encode({ path })]));
}

function keysInTurn(configId: string, each: number) {
  const create = async (connection: Connection, { sessionToken }: BenchUser) => {
    const json = { name: 'bench', configId };
    const headers = bearerOf(sessionToken);
    return (await ask<{ key: string }>(connection, { path: '/api/auth/api-key/create', headers, json })).key;
  };
  return async (host: BenchHost): Promise<Load> => {
    const keys = await host.perUser(each, create);
    const used = each === 1 ? keys.slice(0, 1) : keys;
    return inTurn(
      used.map((key) => encode({ path: '/api-key', headers: { 'x-api-key': key } })),
      USES_OF_KEY,
    );
  };
}

function bearersInTurn(tokens: readonly string[]): Load {
  return inTurn(tokens.map((token) => encode({ path: '/bearer', headers: bearerOf(token) })));
}
