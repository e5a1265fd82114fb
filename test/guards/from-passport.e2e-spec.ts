import { readFileSync } from 'node:fs';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import {
  configurePassport,
  InvoicesController,
  JWT,
  oldToken,
  OrdersController,
  PartnersController,
} from '../support/passport-host.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Guards of Passport and ours in one application, as docs/guides/from-passport.md says. Passport is written for Express. */
describe('from Passport, route by route', () => {
  let host: TestApp;
  let user: SignedInUser;
  let old: string;
  beforeAll(async () => {
    host = await createTestApp({
      adapter: 'express',
      controllers: [OrdersController, InvoicesController, PartnersController],
      auth: { jwt: JWT },
      configure: configurePassport,
    });
    user = await signUp(host.url);
    old = await oldToken(user.id);
  });
  afterAll(() => host.close());
  const get = async (path: string, bearer?: string) => {
    const { status, body } = await send(`${host.url}/${path}`, bearer === undefined ? {} : { bearer });
    return status === 200 ? body : status;
  };

  it('200 on a route of theirs for an old token; 401 for ours', async () => {
    expect(await get('orders/old', old)).toEqual({ id: user.id });
    expect([await get('orders/old', user.accessToken), await get('orders/old')]).toEqual([401, 401]);
  });

  it('200 on a route of both for either token, with the same user; 401 for none and for a forged one', async () => {
    expect(await get('orders/both', old)).toEqual({ id: user.id, with: 'old-jwt' });
    expect(await get('orders/both', user.accessToken)).toMatchObject({ id: user.id });
    const forged = await oldToken(user.id, new TextEncoder().encode('another secret, also of 32 bytes'));
    expect([await get('orders/both'), await get('orders/both', forged)]).toEqual([401, 401]);
  });

  it('401 on a route of ours for an old token; 403 for ours without the scope', async () => {
    expect(await get('orders/new', old)).toBe(401);
    expect(await get('orders/new', user.accessToken)).toBe(403);
  });

  it('a role: 200 for the claim of the old token, 403 without it', async () => {
    expect(await get('orders/editors', old)).toEqual({ ok: true });
    expect(await get('orders/editors', user.accessToken)).toBe(403);
  });

  it('200 on a route of theirs for passport-http-bearer, with our tokens', async () => {
    expect(await get('invoices', user.accessToken)).toEqual({ id: user.id });
    expect([await get('invoices', old), await get('invoices')]).toEqual([401, 401]);
  });

  it('401 on a route of another issuer for tokens that are not of it', async () => {
    expect([await get('partners', old), await get('partners', user.accessToken)]).toEqual([401, 401]);
  });

  it('each block of code of the guide is code of this application', () => {
    const guide = readFileSync('docs/guides/from-passport.md', 'utf8');
    const source = readFileSync('test/support/passport-host.ts', 'utf8');
    const blocks = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!.trim());
    expect(blocks.length).toBeGreaterThan(3);
    expect(blocks.filter((code) => !source.includes(code))).toEqual([]);
  });
});
