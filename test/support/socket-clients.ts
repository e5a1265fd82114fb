import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';

/** What a server says of a refusal, in either form. */
export interface SocketAnswer {
  readonly event: string;
  readonly data: any;
}

/** The refusal of a connection: `status` is that of HTTP. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly reason: unknown,
  ) {
    super(`refused: ${status}`);
  }
}

/** A connection of either platform. */
export interface SocketClient {
  /** Sends one message and waits for its answer. */
  ask(event: string, data?: unknown): Promise<SocketAnswer>;
  /** What came without being asked for: answers are in it too. */
  readonly received: readonly SocketAnswer[];
  /** Status with which the server has closed; `lost` for any other end. */
  readonly closed: Promise<number | 'lost'>;
  close(): void;
}

export interface Handshake {
  readonly headers?: Readonly<Record<string, string>>;
  /** Of socket.io. */
  readonly auth?: object;
  /** Of ws. */
  readonly protocols?: readonly string[];
}

export type Connect = (url: string, place: string, handshake?: Handshake) => Promise<SocketClient>;

const ANSWERS = ['seen', 'exception'];
const WAIT_MILLISECONDS = 10_000;

function inbox() {
  const received: SocketAnswer[] = [];
  let next: ((answer: SocketAnswer) => void) | undefined;
  return {
    received,
    put(answer: SocketAnswer): void {
      received.push(answer);
      if (ANSWERS.includes(answer.event)) next?.(answer);
    },
    answer: () =>
      new Promise<SocketAnswer>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('no answer')), WAIT_MILLISECONDS).unref();
        next = (answer) => {
          clearTimeout(timer);
          resolve(answer);
        };
      }),
  };
}

export function ioSocket(
  url: string,
  place: string,
  { headers, auth }: Handshake = {},
  transports = ['websocket'],
): Socket {
  return io(`${url}/${place}`, {
    transports,
    reconnection: false,
    forceNew: true,
    extraHeaders: { ...headers },
    ...(auth && { auth }),
  });
}

/** Once the server has let it in. */
export const connected = (socket: Socket): Promise<Socket> =>
  new Promise((resolve, reject) =>
    socket.once('connect', () => resolve(socket)).once('connect_error', (error) => reject(error)),
  );

export const connectIo: Connect = async (url, place, handshake = {}) => {
  const socket = ioSocket(url, place, handshake);
  const { received, put, answer } = inbox();
  socket.onAny((event: string, data: unknown) => put({ event, data }));
  const closed = new Promise<number | 'lost'>((resolve) =>
    socket.once('disconnect', (reason) => {
      const last = received.at(-1);
      const isTold = reason === 'io server disconnect' && last?.event === 'exception';
      resolve(isTold ? (last.data.statusCode as number) : 'lost');
    }),
  );
  await new Promise<void>((resolve, reject) =>
    socket.once('connect', resolve).once('connect_error', (error: Error & { data?: any }) => {
      socket.close();
      reject(error.data ? new Refused(error.data.statusCode as number, error.data) : error);
    }),
  );
  return {
    received,
    closed,
    ask: (event, data = {}) => {
      const answered = answer();
      socket.emit(event, data);
      return answered;
    },
    close: () => void socket.close(),
  };
};

export const connectWs: Connect = async (url, place, { headers, protocols }: Handshake = {}) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/${place}`, [...(protocols ?? [])], {
    headers: { ...headers },
  });
  const { received, put, answer } = inbox();
  socket.on('message', (text: Buffer) => put(JSON.parse(text.toString()) as SocketAnswer));
  const end = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
  // A refused connection is accepted and then closed at once: the first message of a good one is answered.
  const first = answer();
  socket.send(JSON.stringify({ event: 'hello', data: {} }));
  const isRefused = await Promise.race([end, first.then(() => null)]);
  first.catch(() => undefined);
  if (isRefused) throw new Refused(isRefused.code - 4_000, isRefused.reason);
  received.length = 0;
  return {
    received,
    closed: end.then(({ code }) => (code > 4_000 ? code - 4_000 : 'lost')),
    ask: (event, data = {}) => {
      const answered = answer();
      socket.send(JSON.stringify({ event, data }));
      return answered;
    },
    close: () => socket.terminate(),
  };
};
