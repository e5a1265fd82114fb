import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { map, type Observable } from 'rxjs';

const EXPOSE_HEADERS = 'Access-Control-Expose-Headers';

/** A body with headers and cookies; returned by a controller method when a plain body is not enough. */
export class HttpReply<T = unknown> {
  readonly headers: Record<string, string> = {};
  /** Names of headers that scripts of other origins may read; added to those that the host's CORS exposes. */
  readonly exposed: string[] = [];
  /** Complete `Set-Cookie` lines. */
  readonly cookies: string[] = [];
  /** Replaces the route's own status. */
  status: number | undefined;

  constructor(readonly body: T) {}

  withStatus(status: number): this {
    this.status = status;
    return this;
  }

  header(name: string, value: string): this {
    this.headers[name] = value;
    return this;
  }

  /** A header that scripts of trusted origins may read (CORS). */
  expose(name: string, value: string): this {
    this.exposed.push(name);
    return this.header(name, value);
  }

  cookie(...lines: string[]): this {
    this.cookies.push(...lines);
    return this;
  }
}

/** Redirects a browser, with the route's own status. `no-referrer`: the address that it leaves may hold a code or an ID token. */
export function redirectTo(url: string): HttpReply {
  return new HttpReply('').header('Location', url).header('Referrer-Policy', 'no-referrer');
}

/** For a HEAD of a route whose GET changes something: the route exists, and nothing was done (RFC 9110 9.2.1). */
export function nothingForHead(): HttpReply<string> {
  return new HttpReply('').withStatus(200).header('Cache-Control', 'no-store');
}

/** Writes the headers and cookies of an HttpReply, on either adapter. Replies of our routes are never cached, unless they say so. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<unknown>();
    return next.handle().pipe(map((value) => this.write(response, value)));
  }

  private write(response: unknown, value: unknown): unknown {
    const adapter = this.adapterHost.httpAdapter;
    adapter.setHeader(response, 'Cache-Control', 'no-store');
    if (!(value instanceof HttpReply)) return value;
    for (const [name, text] of Object.entries(value.headers)) adapter.setHeader(response, name, text);
    if (value.exposed.length > 0) this.expose(response, value.exposed);
    for (const line of value.cookies) adapter.appendHeader(response, 'Set-Cookie', line);
    if (value.status !== undefined) adapter.status(response, value.status);
    // RFC 9110 15.4.5: a 304 has no content.
    if (value.status === 304) return undefined;
    if (value.body !== null) return value.body;
    // Both adapters send a bare null as an empty body; clients expect JSON.
    adapter.setHeader(response, 'Content-Type', 'application/json; charset=utf-8');
    return 'null';
  }

  private expose(response: unknown, names: readonly string[]): void {
    const adapter = this.adapterHost.httpAdapter;
    const before = String(adapter.getHeader(response, EXPOSE_HEADERS) ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    adapter.setHeader(response, EXPOSE_HEADERS, [...new Set([...before, ...names])].join(', '));
  }
}
