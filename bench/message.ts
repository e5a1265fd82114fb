import type { Reply } from './connection.js';

type Headers = Readonly<Record<string, string>>;

export interface Call {
  readonly path: string;
  readonly headers?: Headers;
  /** Makes it a POST. */
  readonly form?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly json?: object;
}

/** A request, ready to be written to a connection. */
export function encode({ path, headers = {}, form, json }: Call): Buffer {
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
  const type = json ? 'application/json' : 'application/x-www-form-urlencoded';
  const all = {
    host: '127.0.0.1',
    ...(body !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`);
}

/** The values of a header. */
export function headerOf({ head }: Reply, name: string): readonly string[] {
  return [...head.matchAll(new RegExp(`\r\n${name}: *([^\r]*)`, 'gi'))].map(([, value]) => value!);
}

/** The JSON of a reply. @throws Error for another status */
export function readJson<Answer>(reply: Reply, status = 200): Answer {
  if (reply.status !== status) throw unexpected(reply);
  return JSON.parse(reply.text) as Answer;
}

/** Where a reply sends the browser. @throws Error when it does not */
export function readRedirect(reply: Reply): URL {
  const [location] = headerOf(reply, 'location');
  if (location === undefined) throw unexpected(reply);
  return new URL(location, 'http://127.0.0.1');
}

export function unexpected({ head, text }: Reply): Error {
  return new Error(`${head.split('\r\n', 1)[0]}: ${headerOf({ status: 0, head, text }, 'location')[0] ?? text}`);
}
