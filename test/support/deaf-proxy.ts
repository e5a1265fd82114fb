import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DeafProxy {
  /** The database's address through the proxy. */
  readonly url: string;
  /** True: notifications are passed on from now on. False: they are swallowed. */
  hear(hears: boolean): void;
  close(): Promise<void>;
}

/** `NotificationResponse` of PostgreSQL's protocol. */
const NOTIFICATION = 'A'.charCodeAt(0);
/** A message is its type and its length, which counts itself. */
const HEADER_BYTES = 5;

/**
 * Stands between an application and PostgreSQL and swallows notifications, as a pooler in transaction mode does, while LISTEN still
 * succeeds.
 */
export async function startDeafProxy(databaseUrl: string): Promise<DeafProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let hears = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    let rest = Buffer.alloc(0);
    client.on('data', (bytes) => upstream.write(bytes));
    upstream.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      for (let end = endOfMessage(rest); end > 0; end = endOfMessage(rest)) {
        if (hears || rest[0] !== NOTIFICATION) client.write(rest.subarray(0, end));
        rest = rest.subarray(end);
      }
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    hear: (now) => void (hears = now),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** @returns 0 while the message is incomplete */
function endOfMessage(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) return 0;
  const end = 1 + bytes.readUInt32BE(1);
  return bytes.length < end ? 0 : end;
}
