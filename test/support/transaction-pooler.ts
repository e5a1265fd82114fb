import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TransactionPooler {
  /** The database's address through the pooler. */
  readonly url: string;
  close(): Promise<void>;
}

/** A connection to PostgreSQL, and the client that it serves until the end of its transaction. */
interface Session {
  readonly socket: Socket;
  client: Socket | null;
  rest: Buffer;
}

const TERMINATE = 'X'.charCodeAt(0);
const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);
/** A message is its type and its length, which counts itself. */
const HEADER_BYTES = 5;

/**
 * Gives each transaction of a client the database session that was free last, as a pooler in transaction mode does. Every client brings one
 * session, signed in by its own password.
 */
export async function startTransactionPooler(databaseUrl: string): Promise<TransactionPooler> {
  const target = new URL(databaseUrl);
  const free: Session[] = [];
  const sockets = new Set<Socket>();
  const open = (socket: Socket) => sockets.add(socket.on('error', () => undefined));

  const receive = (session: Session, bytes: Buffer) => {
    session.rest = Buffer.concat([session.rest, bytes]);
    for (let end = endOfMessage(session.rest); end > 0; end = endOfMessage(session.rest)) {
      const message = session.rest.subarray(0, end);
      session.rest = session.rest.subarray(end);
      // Nobody is there for what arrives between transactions, such as notifications.
      session.client?.write(message);
      if (message[0] !== READY_FOR_QUERY || message[HEADER_BYTES] !== IDLE) continue;
      session.client = null;
      free.push(session);
    }
  };

  const server = createServer((client) => {
    open(client);
    const socket = connect(Number(target.port || 5432), target.hostname);
    open(socket);
    const own: Session = { socket, client, rest: Buffer.alloc(0) };
    let session = own;
    socket.on('data', (bytes) => receive(own, bytes));
    client.on('data', (bytes) => {
      if (session.client !== client) {
        if (bytes[0] === TERMINATE) return void client.destroy();
        session = free.pop()!;
        session.client = client;
      }
      session.socket.write(bytes);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
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
