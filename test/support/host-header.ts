import { request } from 'node:http';

/** GET with a `Host` of the test's choice, which fetch does not let one set. */
export function askAs(
  host: { readonly url: string },
  path: string,
  name?: string,
): Promise<{ status: number; text: string; body: any }> {
  return new Promise((resolve, reject) => {
    const asked = request(host.url + path, { headers: name === undefined ? {} : { host: name } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: answer.statusCode ?? 0, text, body: text.startsWith('{') ? JSON.parse(text) : undefined });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
