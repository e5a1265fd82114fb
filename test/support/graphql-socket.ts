import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { GraphqlAnswer } from './graphql.js';

export interface SocketOptions {
  /** Of the request that opens the socket, which browsers do not let pages set. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly connectionParams?: Readonly<Record<string, unknown>>;
}

export interface GraphqlSocket {
  readonly client: Client;
  /** Settles with the close code of the socket. */
  readonly closed: Promise<number>;
  /** The first answer of an operation. */
  first(query: string): Promise<GraphqlAnswer>;
  /** Answers as they come. */
  answers(query: string): AsyncIterableIterator<GraphqlAnswer>;
  dispose(): Promise<void>;
}

/** A client of graphql-ws, on one socket. */
export function graphqlSocket(url: string, { headers = {}, connectionParams = {} }: SocketOptions = {}): GraphqlSocket {
  class Socket extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols, { headers });
    }
  }
  let noteClosed: (code: number) => void;
  const closed = new Promise<number>((resolve) => (noteClosed = resolve));
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: Socket,
    connectionParams,
    retryAttempts: 0,
    on: { closed: (event) => noteClosed((event as { code: number }).code) },
  });
  const answers = (query: string) => client.iterate({ query }) as unknown as AsyncIterableIterator<GraphqlAnswer>;
  return {
    client,
    closed,
    answers,
    first: async (query) => {
      try {
        for await (const answer of answers(query)) return answer;
      } catch (error) {
        // Of an operation that never began; Apollo answers with a result instead.
        if (Array.isArray(error)) return { errors: error };
        throw error;
      }
      throw new Error('The operation ended without an answer');
    },
    dispose: async () => void (await client.dispose()),
  };
}
