import { Controller, Get } from '@nestjs/common';
import { BearerAuth, StepUp } from '../../src/resource-server/index.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

@Controller('pay')
@BearerAuth()
class PayController {
  @Get('strong') @StepUp({ acr: ['gold', 'silver'] }) strong() {
    return { reached: true };
  }
  @Get('recent') @StepUp({ maxAge: '5m' }) recent() {
    return { reached: true };
  }
}

describe('@StepUp at a resource server: what tokens of outside issuers say (RFC 9470 6.1)', () => {
  let issuer: OutsideIssuer;
  let host: ResourceServer;
  beforeAll(async () => {
    issuer = await new OutsideIssuer().start();
    host = await createResourceServer(
      { issuers: [{ issuer: issuer.url }], audience: API, allowPrivateNetwork: true },
      { controllers: [PayController] },
    );
  });
  afterAll(async () => {
    await host?.close();
    await issuer?.stop();
  });
  const now = () => Math.floor(Date.now() / 1000);
  const get = async (path: string, claims: object) =>
    send(`${host.url}/pay/${path}`, { bearer: await issuer.token({ aud: API, ...claims }) });

  it.each<[string, object, number]>([
    ['one of the wanted', { acr: 'silver' }, 200],
    ['another', { acr: 'bronze' }, 401],
    ['none', {}, 401],
    ['one of the wrong type', { acr: ['gold'] }, 401],
    ['a client of its own accord', { acr: 'gold', client_id: 'their-user' }, 401],
  ])('acr is compared by name: %s', async (_name, claims, status) => {
    expect((await get('strong', claims)).status).toBe(status);
  });

  it.each<[string, object, number]>([
    ['recent', { auth_time: now() - 10 }, 200],
    ['too old', { auth_time: now() - 400 }, 401],
    ['missing', {}, 401],
    ['of the wrong type', { auth_time: String(now()) }, 401],
    ['of a client of its own accord', { auth_time: now(), client_id: 'their-user' }, 401],
  ])('auth_time %s', async (_name, claims, status) => {
    expect((await get('recent', claims)).status).toBe(status);
  });

  it('RFC 9470 3: the challenge says what their issuer shall be asked for', async () => {
    const refused = (await get('strong', { acr: 'bronze' })).headers.get('www-authenticate');
    expect(refused).toContain('error="insufficient_user_authentication"');
    expect(refused).toContain('acr_values="gold silver"');
  });

  it('a handler sees how they have signed in', async () => {
    const { body } = await send(`${host.url}/api/me`, {
      bearer: await issuer.token({ aud: API, acr: 'gold', amr: ['pwd', 'otp'] }),
    });
    expect(body.claims).toMatchObject({ acr: 'gold', amr: ['pwd', 'otp'] });
  });
});
