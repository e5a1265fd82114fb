import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  readonly text: string;
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '\r\n0\r\n\r\n';

/**
 * A kept connection with one request in flight. It reads just enough of HTTP/1.1 for the servers of the benchmark: the load shares the
 * machine with them, and a whole client would cost about as much as the fastest of their routes.
 */
export class Connection {
  private socket: Socket | undefined;
  private received = '';
  private waiting: Waiting | undefined;

  constructor(private readonly port: number) {}

  /** @param request as `encode` makes it. @throws Error when the connection breaks */
  async send(request: Buffer): Promise<Reply> {
    // Servers close connections that were quiet for some seconds.
    const socket = (this.socket ??= await this.open());
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      socket.write(request);
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private async open(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1');
    await once(socket, 'connect');
    // One character is one byte, so lengths can be compared; the text of a reply is decoded once it is whole.
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (bytes: string) => this.read(bytes));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => this.fail(new Error('The server has closed the connection.')));
    return socket;
  }

  private read(bytes: string): void {
    this.received += bytes;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const head = this.received.slice(0, headEnd);
    const body = bodyOf(head, this.received.slice(headEnd + HEAD_END.length));
    if (body === undefined) return;
    const { waiting } = this;
    this.waiting = undefined;
    this.received = '';
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, text: Buffer.from(body, 'latin1').toString() });
  }

  private fail(error: Error): void {
    this.socket = undefined;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

/** @returns undefined while there is more to come */
function bodyOf(head: string, rest: string): string | undefined {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (length !== undefined) return rest.length >= Number(length) ? rest : undefined;
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return '';
  return `\r\n${rest}`.endsWith(LAST_CHUNK) ? joinChunks(rest) : undefined;
}

function joinChunks(chunked: string): string {
  let body = '';
  for (let at = 0; ;) {
    const lineEnd = chunked.indexOf('\r\n', at);
    const size = Number.parseInt(chunked.slice(at, lineEnd), 16);
    if (!(size > 0)) return body;
    body += chunked.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
}
