import { jest } from '@jest/globals';
import { exportJWK, importJWK, type CryptoKey, type JWK } from 'jose';
import { createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { jarHost, REDIRECT, requestClaims, signObject, ask, answerOf } from '../support/request-objects.js';
import { Navigator } from '../support/oauth.js';

const { assertionOf, byAssertion, clientKey } = oauth;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('keys that a client publishes itself (jwks_uri)', () => {
  let host: TestApp;
  let address: string;
  /** What is at each path, and how often it was read. */
  const published = new Map<string, unknown[]>();
  const fetches = new Map<string, number>();
  const keyServer: Server = createServer(({ url = '' }, response) => {
    fetches.set(url, (fetches.get(url) ?? 0) + 1);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: published.get(url) ?? [] }));
  });
  /** Each test has a client of its own, with its own key set. */
  const NAMES = ['same-kid', 'no-kid', 'removed', 'flood', 'doubled', 'twins', 'weak', 'private', 'objects'] as const;

  beforeAll(async () => {
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`;
    const clients = NAMES.map((clientId): StaticClientOptions => ({
      clientId,
      redirectUris: [REDIRECT],
      skipConsent: true,
      tokenEndpointAuthMethod: 'private_key_jwt',
      metadata: { jwks_uri: `${address}/${clientId}` },
    }));
    host = await jarHost(clients);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(async () => {
    await host.close();
    await new Promise((resolve) => keyServer.close(resolve));
  });

  const publish = (name: (typeof NAMES)[number], ...keys: unknown[]) => void published.set(`/${name}`, keys);
  const later = (milliseconds: number) => {
    const began = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => began + milliseconds);
  };
  const present = async (assertion: string) => {
    const fields = byAssertion(assertion, { token: 'x' });
    return (await oauth.submit(host, 'oauth2/introspect', fields)).status;
  };
  const use = async (name: string, key: oauth.ClientKey, header: object = {}) =>
    present(await assertionOf(name, key, { aud: TEST_ISSUER }, { ...header }));

  it('RFC 7517 4.5: a key that is replaced under its name works within the cooldown, and the old one no more', async () => {
    const [old, next] = [await clientKey('ES256', 'k'), await clientKey('ES256', 'k')];
    publish('same-kid', old.jwk);
    expect(await use('same-kid', old)).toBe(200);
    publish('same-kid', next.jwk);
    expect(await use('same-kid', next)).toBe(401);
    later(6 * SECOND);
    expect(await use('same-kid', next)).toBe(200);
    expect(await use('same-kid', old)).toBe(401);
    expect(fetches.get('/same-kid')).toBe(2);
  });

  it('RFC 7517 4.5: so does a key without a name', async () => {
    const [old, next] = [await clientKey('PS256'), await clientKey('PS256')];
    const nameless = ({ kid: _kid, ...jwk }: JWK) => jwk;
    publish('no-kid', nameless(old.jwk));
    expect(await use('no-kid', old, { kid: undefined })).toBe(200);
    publish('no-kid', nameless(next.jwk));
    later(6 * SECOND);
    expect(await use('no-kid', next, { kid: undefined })).toBe(200);
    expect(await use('no-kid', old, { kid: undefined })).toBe(401);
  });

  it('RFC 7517 5: a key that is taken away stops after five minutes, though nobody has used another', async () => {
    const [lost, kept] = [await clientKey('ES256', 'lost'), await clientKey('ES256', 'kept')];
    publish('removed', lost.jwk, kept.jwk);
    expect(await use('removed', lost)).toBe(200);
    publish('removed', kept.jwk);
    later(6 * MINUTE);
    expect(await use('removed', lost)).toBe(401);
    expect(await use('removed', kept)).toBe(200);
  });

  it('T052 forged signatures make us ask once in five seconds, not more', async () => {
    const [good, stranger] = [await clientKey('ES256', 'k'), await clientKey('ES256', 'k')];
    publish('flood', good.jwk);
    expect(await use('flood', good)).toBe(200);
    for (const after of [6, 7, 8, 12]) {
      later(after * SECOND);
      for (let count = 0; count < 5; count++) expect(await use('flood', stranger)).toBe(401);
      jest.restoreAllMocks();
    }
    expect(fetches.get('/flood')).toBeLessThanOrEqual(5);
    expect(await use('flood', good)).toBe(200);
  });

  it('FAPI 5.4.3: of several keys with one kid the one of the right kty, crv, use and alg counts', async () => {
    const [ec, ed, p384, rsa, pss] = await Promise.all([
      clientKey('ES256', 'k'),
      clientKey('EdDSA', 'k'),
      clientKey('ES384', 'k'),
      clientKey('RS256', 'k'),
      clientKey('PS256', 'k'),
    ]);
    const decoy = (await clientKey('ES256', 'k')).jwk;
    publish(
      'doubled',
      { ...decoy, use: 'enc' },
      { ...p384.jwk },
      { ...rsa.jwk, alg: 'RS256' },
      { ...pss.jwk, alg: 'PS256' },
      { ...ed.jwk, alg: 'EdDSA' },
      { ...ec.jwk, alg: 'ES256' },
    );
    for (const key of [ec, ed, p384, rsa, pss]) expect([key.alg, await use('doubled', key)]).toEqual([key.alg, 200]);
    expect(await use('doubled', { ...rsa, alg: 'PS256', privateKey: await usedFor(rsa, 'PS256') })).toBe(401);
  });

  it('FAPI 5.4.2: two keys that nothing tells apart: none of them counts', async () => {
    const [one, other] = [await clientKey('ES256', 'k'), await clientKey('ES256', 'k')];
    publish('twins', one.jwk, other.jwk);
    for (const key of [one, other]) expect(await use('twins', key)).toBe(401);
  });

  it('RFC 7518 3.3, FAPI 5.4.1: a weak key does not verify, wherever it comes from', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const odd = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
    publish(
      'weak',
      { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' },
      { ...odd.publicKey.export({ format: 'jwk' }), kid: 'odd' },
      { kty: 'oct', k: Buffer.alloc(32).toString('base64url'), kid: 'secret' },
      'no key',
      null,
    );
    expect(await present(assertedByHand('weak', 'RS256', 'weak', weak.privateKey))).toBe(401);
    const strong = generateKeyPairSync('rsa', { modulusLength: 2048 });
    publish(
      'weak',
      { ...weak.publicKey.export({ format: 'jwk' }), kid: 'weak' },
      { ...strong.publicKey.export({ format: 'jwk' }), kid: 'strong' },
    );
    later(6 * MINUTE);
    expect(await present(assertedByHand('weak', 'RS256', 'weak', weak.privateKey))).toBe(401);
    expect(await present(assertedByHand('weak', 'RS256', 'strong', strong.privateKey))).toBe(200);
    expect(await present(assertedByHand('weak', 'ES256', 'odd', odd.privateKey))).toBe(401);
  });

  it('RFC 7517 9.2: a private key that is published proves nothing', async () => {
    const key = await clientKey('ES256', 'k');
    publish('private', { ...(await exportJWK(key.privateKey)), kid: 'k' });
    expect(await use('private', key)).toBe(401);
  });

  it('RFC 9101 6.2: request objects follow a change of keys as assertions do', async () => {
    const browser = new Navigator(host);
    await browser.signUp();
    const [old, next] = [await clientKey('ES256', 'k'), await clientKey('ES256', 'k')];
    const asked = async ({ privateKey, jwk }: oauth.ClientKey) => {
      const key = { privateKey, publicJwk: { ...jwk, alg: 'ES256' } };
      return answerOf(await ask(browser, 'objects', { request: await signObject(key, requestClaims('objects')) }));
    };
    publish('objects', old.jwk);
    expect(await asked(old)).toHaveProperty('code');
    publish('objects', next.jwk);
    later(6 * SECOND);
    expect(await asked(next)).toHaveProperty('code');
    expect(await asked(old)).toMatchObject({ error: 'invalid_request_object' });
  });
});

/** The same RSA key for another algorithm. */
async function usedFor({ privateKey }: oauth.ClientKey, alg: string): Promise<CryptoKey> {
  return (await importJWK({ ...(await exportJWK(privateKey)) }, alg)) as CryptoKey;
}

/** By Node itself, since the library refuses to sign with such keys. */
function assertedByHand(clientId: string, alg: 'RS256' | 'ES256', kid: string, key: KeyObject): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: clientId, sub: clientId, aud: TEST_ISSUER, exp: now + 60, jti: randomUUID() };
  const input = `${encode({ alg, kid })}.${encode(claims)}`;
  const signature = createSign('sha256').update(input).sign({ key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
