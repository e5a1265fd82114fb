import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface IntrospectionCall {
  readonly headers: IncomingHttpHeaders;
  readonly form: Record<string, string>;
}

/** An introspection endpoint (RFC 7662) written for tests: it answers what the test says, and keeps what it was asked. */
export class IntrospectionEndpoint {
  calls: IntrospectionCall[] = [];
  status = 200;
  /** The body; a text is sent as it is. */
  answer: (token: string) => unknown = () => ({ active: false });
  /** Answers wait for it. */
  until: Promise<unknown> = Promise.resolve();
  url = '';
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      this.calls.push({ headers: request.headers, form });
      const answer = this.answer(form['token'] ?? '');
      void this.until.then(() => {
        const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
        response.writeHead(this.status, { 'content-type': 'application/json' }).end(text);
      });
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}
