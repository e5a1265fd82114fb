import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTestApp, type TestApp } from '../support/app.js';
import { AUTHORIZE, authorizeQuery, pkce, providerOptions, WEB } from '../support/oauth.js';

const run = promisify(execFile);
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const found = CHROMIUM === undefined ? 'no Chromium here, so nothing to try' : 'in Chromium';

describe('OAuth 2.0 Form Post Response Mode in a browser', () => {
  let host: TestApp;
  let callback: Server;
  let end: Server;
  const posted: string[] = [];
  const arrived: string[] = [];
  const urlOf = (server: Server, name: string) => `http://${name}:${(server.address() as AddressInfo).port}`;
  const listening = (server: Server) =>
    new Promise<Server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));

  beforeAll(async () => {
    end = await listening(
      createServer((request, response) => {
        if (request.url === '/home') arrived.push(request.url);
        response.setHeader('content-type', 'text/html').end('<p id="home">at home</p>');
      }),
    );
    callback = await listening(
      createServer((request, response) => {
        posted.push(request.method!);
        request
          .resume()
          .on('end', () => response.writeHead(303, { location: `${urlOf(end, 'localhost')}/home` }).end());
      }),
    );
    const client = { ...WEB, redirectUris: [`${urlOf(callback, '127.0.0.1')}/cb`] };
    host = await createTestApp({ auth: providerOptions({ clients: [client] }) });
  });
  afterAll(async () => {
    await host.close();
    callback.close();
    end.close();
  });

  it(`F47: the callback of the client may send the browser on to another origin (${found})`, async () => {
    if (CHROMIUM === undefined) return;
    const client = { ...WEB, redirectUris: [`${urlOf(callback, '127.0.0.1')}/cb`] };
    const query = authorizeQuery(client, {
      code_challenge: pkce().challenge,
      response_mode: 'form_post',
      prompt: 'none',
    });
    const profile = await mkdtemp(join(tmpdir(), 'form-post-'));
    try {
      const { stdout } = await run(
        CHROMIUM,
        [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--no-first-run',
          `--user-data-dir=${profile}`,
          '--virtual-time-budget=10000',
          '--dump-dom',
          `${host.url}${AUTHORIZE}?${query}`,
        ],
        { timeout: 120_000, maxBuffer: 4_000_000 },
      );
      expect(posted).toEqual(['POST']);
      expect(stdout).toContain('at home');
      expect(arrived).toEqual(['/home']);
    } finally {
      await rm(profile, { recursive: true, force: true });
    }
  }, 150_000);
});
