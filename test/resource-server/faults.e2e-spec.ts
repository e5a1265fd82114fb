import { jest } from '@jest/globals';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const DOCUMENT = '/.well-known/openid-configuration';
const METADATA = '/.well-known/oauth-authorization-server';

describe('an issuer that fails', () => {
  let issuer: OutsideIssuer;
  let host: ResourceServer;
  beforeEach(async () => {
    issuer = await new OutsideIssuer().start();
    host = await createResourceServer({
      issuers: [{ issuer: issuer.url }],
      audience: API,
      allowPrivateNetwork: true,
      cacheTtl: 0,
    });
  });
  afterEach(async () => {
    passed = 0;
    jest.restoreAllMocks();
    await host.close();
    await issuer.stop();
  });
  const me = async (bearer: string) => (await send(`${host.url}/api/me`, { bearer })).status;
  const token = (claims: object = {}) => issuer.token({ aud: API, ...claims });
  /** Lets time pass for what is kept in memory. */
  let passed = 0;
  const now = performance.now.bind(performance);
  const pass = (milliseconds: number) => {
    passed += milliseconds;
    jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  };

  it('down at the start: the application starts, answers 503 with one request for all, and recovers after the cooldown', async () => {
    expect(issuer.requests).toEqual([]);
    issuer.answer = () => ({ status: 500, body: '' });
    const bearer = await token();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => me(bearer))))).toEqual(new Set([503]));
    expect(issuer.requests).toEqual([DOCUMENT]);
    issuer.answer = undefined;
    expect(await me(bearer)).toBe(503);
    pass(30_001);
    expect(await me(bearer)).toBe(200);
  });

  it('down later: its keys serve for an hour, then 503', async () => {
    const bearer = await token({ exp: Math.floor(Date.now() / 1000) + 7_200 });
    expect(await me(bearer)).toBe(200);
    issuer.answer = () => ({ status: 500, body: '' });
    pass(11 * 60_000);
    expect(await me(bearer)).toBe(200);
    pass(50 * 60_000);
    expect(await me(bearer)).toBe(503);
  });

  it('slow: callers wait a moment for newer keys, and are served by those that are known', async () => {
    const bearer = await token();
    expect(await me(bearer)).toBe(200);
    let answer = () => {};
    const until = new Promise<void>((resolve) => (answer = resolve));
    issuer.wait = until;
    pass(11 * 60_000);
    expect(await me(bearer)).toBe(200);
    answer();
  });

  it('rotates its keys: the new one is fetched once, for all who show it', async () => {
    expect(await me(await token())).toBe(200);
    await issuer.rotate('two');
    pass(30_001);
    issuer.requests = [];
    const bearer = await token();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => me(bearer))))).toEqual(new Set([200]));
    expect(issuer.requests).toEqual([DOCUMENT, '/keys']);
  });

  it('RFC 8414 3.1: without an OpenID document its metadata are found where OAuth has them', async () => {
    const bearer = await token();
    const metadata = JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` });
    issuer.answer = (path) => {
      if (path === DOCUMENT) return { status: 404, body: '' };
      return { body: path === METADATA ? metadata : JSON.stringify({ keys: issuer.keys }) };
    };
    expect(await me(bearer)).toBe(200);
    expect(issuer.requests).toEqual([DOCUMENT, METADATA, '/keys']);
  });
});

describe('T096 an issuer that leads into the network', () => {
  it('503 a key set at a private address is not fetched unless the host allows it', async () => {
    const issuer = await new OutsideIssuer().start();
    const address = 'https://login.example.com';
    const host = await createResourceServer({
      issuers: [{ issuer: address, jwksUri: issuer.url.replace('http://127.0.0.1', 'https://localhost') }],
      audience: API,
    });
    const bearer = await issuer.token({ iss: address, aud: API });
    expect((await send(`${host.url}/api/me`, { bearer })).status).toBe(503);
    expect(issuer.requests).toEqual([]);
    await host.close();
    await issuer.stop();
  });
});
