import { connect } from 'node:net';

/** What a server replies to raw bytes: for requests that no client library would send. */
export async function sendRaw(url: string, bytes: string | Uint8Array, timeoutMs = 30_000): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const text = await new Promise<string>((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const done = () => resolve(Buffer.concat(chunks).toString('latin1'));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', done);
    socket.on('close', done);
    socket.setTimeout(timeoutMs, () => socket.destroy());
  });
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1] ?? 0),
    headers: lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    body: rest.join('\r\n\r\n'),
  };
}

export interface RawAnswer {
  /** 0: the server closed the connection without a reply. */
  readonly status: number;
  readonly headers: readonly (readonly string[])[];
  readonly body: string;
}

/** Every value of one header, in the order sent. */
export function rawHeader(answer: RawAnswer, name: string): string[] {
  return answer.headers.filter(([key]) => key === name).map(([, value]) => value ?? '');
}

/** A request with these header lines and body, and `Connection: close`. */
export function rawRequest(
  method: string,
  path: string,
  lines: readonly string[],
  body: string | Uint8Array = '',
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  const length = bytes.length > 0 ? [`Content-Length: ${bytes.length}`] : [];
  const head = [`${method} ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines, ...length].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), bytes]);
}

/** Sends an endless chunked body until the server disconnects. @returns its status and how many bytes it accepted */
export function flood(url: string, path: string): Promise<{ status: number; sent: number }> {
  const { hostname, port } = new URL(url);
  const chunk = Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(0x4000, 0x20), Buffer.from('\r\n')]);
  return new Promise((resolve) => {
    let sent = 0;
    let text = '';
    const socket = connect(Number(port), hostname);
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const pump = () => {
      while (!socket.destroyed && sent < 512 * 1024 * 1024) {
        sent += chunk.length;
        if (!socket.write(chunk)) return;
      }
      socket.destroy();
    };
    socket.on('connect', () => socket.write(head, pump));
    socket.on('drain', pump);
    socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1] ?? 0), sent }));
  });
}
