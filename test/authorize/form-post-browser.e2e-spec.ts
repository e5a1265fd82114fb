import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestApp, type TestApp } from '../support/app.js';
import { describeInChromium } from '../support/chromium.js';
import { AUTHORIZE, authorizeQuery, pkce, providerOptions, WEB } from '../support/oauth.js';

describeInChromium('OAuth 2.0 Form Post Response Mode in a browser', (browser) => {
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
    await host?.close();
    callback?.close();
    end?.close();
  });

  it('F47: the callback of the client may send the browser on to another origin', async () => {
    const client = { ...WEB, redirectUris: [`${urlOf(callback, '127.0.0.1')}/cb`] };
    const query = authorizeQuery(client, {
      code_challenge: pkce().challenge,
      response_mode: 'form_post',
      prompt: 'none',
    });
    const page = await browser().newPage();
    await page.goto(`${host.url}${AUTHORIZE}?${query}`);
    expect(await page.locator('#home').innerText()).toBe('at home');
    expect(posted).toEqual(['POST']);
    expect(arrived).toEqual(['/home']);
  });
});
