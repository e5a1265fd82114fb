import { Controller, Get } from '@nestjs/common';
import { BearerAuth, CurrentClient, type Client } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, providerOptions, WEB } from '../support/oauth.js';
import { signUp } from '../support/users.js';

@Controller()
class WhichController {
  @Get('which')
  @BearerAuth()
  which(@CurrentClient() client: Client | null) {
    return { name: client?.name ?? null };
  }
}

describe('@CurrentClient', () => {
  let host: TestApp;
  afterEach(() => host.close());

  it('200 the client of an OAuth token, by name; nobody for the user in person', async () => {
    host = await createTestApp({ controllers: [WhichController], auth: providerOptions() });
    const browser = new Navigator(host);
    await browser.signUp();
    const { body } = await exchange(host, WEB, await obtainCode(browser, WEB));
    expect((await send(`${host.url}/which`, { bearer: body.access_token })).body).toEqual({ name: 'Web' });
    const { accessToken } = await signUp(host.url);
    expect((await send(`${host.url}/which`, { bearer: accessToken })).body).toEqual({ name: null });
  });

  it('200 nobody without an authorization server', async () => {
    host = await createTestApp({ controllers: [WhichController] });
    const { accessToken } = await signUp(host.url);
    expect((await send(`${host.url}/which`, { bearer: accessToken })).body).toEqual({ name: null });
  });
});
