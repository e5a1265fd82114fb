import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issued } from './certificates.js';
import { freePort } from './free-port.js';
import { startProgram } from './programs.js';

/** The headers that this nginx writes. */
export const NGINX = { header: 'X-Client-Cert', verifiedHeader: 'X-Client-Verify' } as const;

export interface Nginx {
  /** Asks for no certificate. */
  readonly plain: string;
  /** Asks for one, takes any, and says whether it is of the authority (`optional_no_ca`). */
  readonly asking: string;
  /** Takes certificates of the authority alone (`on`). */
  readonly strict: string;
  close(): Promise<void>;
}

/** nginx with TLS before an application on loopback, as the guide has it. */
export async function startNginx(
  applicationPort: number,
  { server, clients }: { readonly server: Issued; readonly clients: Issued },
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'nest-authority-nginx-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const [asking, strict] = [await freePort(), await freePort()];
  const authority = file('clients.pem', clients.pem);
  const headers = [
    `proxy_set_header ${NGINX.header} $ssl_client_escaped_cert`,
    `proxy_set_header ${NGINX.verifiedHeader} $ssl_client_verify`,
  ];
  const stripped = Object.values(NGINX).map((name) => `proxy_set_header ${name} ""`);
  const host = (port: number, verify: string, lines: readonly string[]) =>
    block('server', [
      `listen 127.0.0.1:${port} ssl`,
      `ssl_verify_client ${verify}`,
      ...(verify === 'off' ? [] : [`ssl_client_certificate ${authority}`]),
      block('location /', [
        `proxy_pass http://127.0.0.1:${applicationPort}`,
        'proxy_set_header Host $http_host',
        'proxy_set_header X-Forwarded-For $remote_addr',
        ...lines,
      ]),
    ]);
  const nginx = await startProgram('nginx', (plain) => {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const lines = [
      'daemon off;\nmaster_process off;',
      `pid ${join(folder, 'pid')};`,
      `error_log ${join(folder, 'error.log')};`,
      'events {}',
      block('http', [
        'access_log off',
        ...temporary.map((name) => `${name}_temp_path ${join(folder, name)}`),
        `ssl_certificate ${file('server.pem', server.pem)}`,
        `ssl_certificate_key ${file('server.key', server.key)}`,
        host(plain, 'off', stripped),
        host(asking, 'optional_no_ca', headers),
        host(strict, 'on', headers),
      ]),
    ];
    return ['-e', join(folder, 'error.log'), '-c', file('nginx.conf', lines.join('\n'))];
  }).catch((error: unknown) => {
    throw new Error(readFileSync(join(folder, 'error.log'), 'utf8'), { cause: error });
  });
  const at = (port: number) => `https://localhost:${port}`;
  return {
    plain: at(nginx.port),
    asking: at(asking),
    strict: at(strict),
    close: async () => {
      await nginx.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function block(name: string, lines: readonly string[]): string {
  return `${name} {\n${lines.map((line) => (line.endsWith('}') ? line : `${line};`)).join('\n')}\n}`;
}
