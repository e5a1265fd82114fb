import { request } from 'node:https';
import type { Issued } from './certificates.js';

/** `fetch` over TLS with a certificate of the client; null: none. @param trusted signs the server's */
export function mutualFetch(trusted: Issued, own: Issued | null) {
  return (address: string | URL, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      const options = {
        method: init.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init.headers)),
        ca: trusted.pem,
        ...(own && { cert: own.pem, key: own.key }),
      };
      const sent = request(new URL(address), options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const headers = new Headers();
          for (const [name, values = []] of Object.entries(answer.headersDistinct))
            for (const value of values) headers.append(name, value);
          resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode!, headers }));
        });
      });
      sent.on('error', reject);
      sent.end(init.body === undefined || init.body === null ? undefined : String(init.body));
    });
}
