import { decodeJwt } from 'jose';
import { createTestApp, type TestApp } from '../support/app.js';
import { liveFamilies } from '../support/authorization.js';
import { DpopKey } from '../support/dpop.js';
import { boundTokens, renew, told, tokenProof, visit } from '../support/dpop-grants.js';
import { REPORTS_PATH, ReportsController } from '../support/dpop-doors.js';
import { APP, Navigator, providerOptions, WEB } from '../support/oauth.js';

const JWT_APP = { ...APP, clientId: 'jwt-app', accessTokenFormat: 'jwt' as const };

describe('RFC 9449 5: refresh tokens and keys', () => {
  let host: TestApp;
  let browser: Navigator;
  let userId: string;
  beforeAll(async () => {
    host = await createTestApp({
      controllers: [ReportsController],
      auth: providerOptions({ clients: [WEB, APP, JWT_APP] }),
    });
  });
  afterAll(() => host.close());
  beforeEach(async () => {
    browser = new Navigator(host);
    userId = await browser.signUp();
  });

  it.each([APP, JWT_APP])(
    'T155 RFC 9449 5, B7: of a public client they are good with its key alone, and others cost nothing, $clientId',
    async (client) => {
      const key = new DpopKey();
      const { refresh_token: token } = await boundTokens(browser, client, key);
      expect(told(await renew(host, client, token, new DpopKey()))).toBe('400 invalid_grant');
      expect(told(await renew(host, client, token))).toBe('400 invalid_grant');
      const renewed = await renew(host, client, token, key);
      expect(renewed).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
      const { access_token: access, refresh_token: next } = renewed.body;
      if (client === JWT_APP) expect(decodeJwt(access)).toMatchObject({ cnf: { jkt: key.thumbprint } });
      expect((await visit(host, REPORTS_PATH, access, key)).status).toBe(200);
      expect(told(await visit(host, REPORTS_PATH, access, new DpopKey()))).toBe('401 invalid_token');
      expect(told(await renew(host, client, next, new DpopKey()))).toBe('400 invalid_grant');
      expect((await renew(host, client, next, key)).status).toBe(200);
      expect(await liveFamilies(host, userId)).toBe(1);
    },
  );

  it('RFC 9449 5, B7: a client that proves itself may change its key, and go back to none', async () => {
    const first = new DpopKey();
    const { refresh_token: token } = await boundTokens(browser, WEB, first);
    const second = new DpopKey('Ed25519');
    const renewed = await renew(host, WEB, token, second);
    expect(renewed).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
    expect((await visit(host, REPORTS_PATH, renewed.body.access_token, second)).status).toBe(200);
    expect(told(await visit(host, REPORTS_PATH, renewed.body.access_token, first))).toBe('401 invalid_token');
    const plain = await renew(host, WEB, renewed.body.refresh_token);
    expect(plain).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    expect((await visit(host, REPORTS_PATH, plain.body.access_token, undefined, 'Bearer')).status).toBe(200);
  });

  it('RFC 9449 5: refresh tokens of a public client that were not bound stay good without a key; the access token has the key of its proof', async () => {
    const { refresh_token: token } = await boundTokens(browser, APP, undefined);
    const renewed = await renew(host, APP, token, new DpopKey());
    expect(renewed).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
    expect(await renew(host, APP, renewed.body.refresh_token)).toMatchObject({ body: { token_type: 'Bearer' } });
  });

  it.each([APP, WEB])('B15: a repeat with the same key gets the same successors, $clientId', async (client) => {
    const key = new DpopKey();
    const { refresh_token: token } = await boundTokens(browser, client, key);
    const [first, again] = [await renew(host, client, token, key), await renew(host, client, token, key)];
    expect(again.body).toMatchObject({
      access_token: first.body.access_token,
      refresh_token: first.body.refresh_token,
      token_type: 'DPoP',
    });
  });

  it.each([APP, WEB])(
    'B15: a repeat with another key or none is invalid_grant, and ends nothing, $clientId',
    async (client) => {
      const key = new DpopKey();
      const { refresh_token: token } = await boundTokens(browser, client, key);
      const first = await renew(host, client, token, key);
      expect(told(await renew(host, client, token, new DpopKey()))).toBe('400 invalid_grant');
      expect(told(await renew(host, client, token))).toBe('400 invalid_grant');
      expect(await liveFamilies(host, userId)).toBe(1);
      expect((await renew(host, client, first.body.refresh_token, key)).status).toBe(200);
    },
  );

  it('B15: the same request again, proof and all, is refused for its proof; a new proof gets the answer that was lost', async () => {
    const key = new DpopKey();
    const { refresh_token: token } = await boundTokens(browser, APP, key);
    const proof = tokenProof(key);
    const first = await renew(host, APP, token, proof);
    expect(told(await renew(host, APP, token, proof))).toBe('400 invalid_dpop_proof');
    expect((await renew(host, APP, token, key)).body.access_token).toBe(first.body.access_token);
  });

  it('B15, T038: once the window has passed, a repeat with the right key ends the family; one with another key does not', async () => {
    const key = new DpopKey();
    const { refresh_token: token } = await boundTokens(browser, APP, key);
    await renew(host, APP, token, key);
    await host.sql(
      `UPDATE auth_token SET consumed_at = consumed_at - interval '11 seconds' WHERE consumed_at IS NOT NULL`,
    );
    expect(told(await renew(host, APP, token, new DpopKey()))).toBe('400 invalid_grant');
    expect(await liveFamilies(host, userId)).toBe(1);
    expect(told(await renew(host, APP, token, key))).toBe('400 invalid_grant');
    expect(await liveFamilies(host, userId)).toBe(0);
  });
});
