import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly cookies: readonly string[];
  readonly text: string;
}

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: object;
  readonly form?: Readonly<Record<string, string>>;
}

const agent = new Agent({ keepAlive: true });

/** One request as a browser or an OAuth client sends it; `fetch` identifies itself as a script and would get other replies. */
export function send(url: string, { headers = {}, json, form }: Call = {}): Promise<Reply> {
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
  const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body !== undefined && { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          location: incoming.headers.location,
          cookies: (incoming.headers['set-cookie'] ?? []).map((line) => line.split(';', 1)[0]!),
          text,
        }),
      );
    });
    outgoing.end(body);
  });
}

/** The JSON of a reply. @throws Error for another status */
export function readJson<Answer>(reply: Reply, status = 200): Answer {
  if (reply.status !== status) throw new Error(`status ${reply.status}: ${reply.location ?? reply.text}`);
  return JSON.parse(reply.text) as Answer;
}
