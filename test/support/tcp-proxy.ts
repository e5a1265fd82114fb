import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** State of the traffic between an application and its database. */
export type NetworkState = 'open' | 'silent' | 'refusing';

export interface TcpProxy {
  /** The database URL, through the proxy. */
  readonly url: string;
  /** Connections of clients that are open now. */
  readonly connectionCount: number;
  /**
   * `silent`: new connections are accepted, but bytes go nowhere and nothing is ever closed (a pulled cable, a firewall that drops).
   * `refusing`: no new connections. `open`: normal, also for connections that were silent; what was dropped stays dropped.
   */
  set(state: NetworkState): Promise<void>;
  /** Resets every open connection. */
  dropAll(): void;
  /** Resets a connection as soon as its client has sent these bytes; they still reach the database. Once. */
  dropAfterSending(text: string): void;
  close(): Promise<void>;
}

/** Stands between an application and PostgreSQL. */
export async function startTcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<{ client: Socket; upstream: Socket }>();
  let state: NetworkState = 'open';
  let trap: string | undefined;

  const accept = (client: Socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    const pair = { client, upstream };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (bytes) => {
      if (state === 'silent') return;
      if (trap === undefined || !bytes.includes(trap)) return void upstream.write(bytes);
      trap = undefined;
      upstream.removeAllListeners('data');
      // The database's reply proves that the statement has run; the client never sees it.
      upstream.once('data', () => client.resetAndDestroy());
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (state !== 'silent') client.write(bytes);
    });
    for (const socket of [client, upstream]) {
      socket.on('error', () => undefined);
      socket.on('close', end);
    }
  };

  let server = await listen(accept, 0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);

  const dropAll = () => {
    for (const { client } of pairs) client.resetAndDestroy();
  };
  return {
    url: url.href,
    get connectionCount() {
      return pairs.size;
    },
    set: async (next) => {
      if (next === 'refusing' && state !== 'refusing') await stop(server);
      if (next !== 'refusing' && state === 'refusing') server = await listen(accept, port);
      state = next;
    },
    dropAll,
    dropAfterSending: (text) => void (trap = text),
    close: async () => {
      dropAll();
      await stop(server);
    },
  };
}

function listen(accept: (client: Socket) => void, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(accept).once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Refuses new connections; open ones stay. */
function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close();
    setImmediate(resolve);
  });
}
