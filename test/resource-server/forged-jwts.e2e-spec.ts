import { exportSPKI, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { generateKeyPairSync } from 'node:crypto';
import type { GivenKeySet } from '../../src/resource-server/index.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const issuer = await new OutsideIssuer().start();
const attacker = await new OutsideIssuer().start();

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const claims = (more: object = {}) => ({ iss: issuer.url, sub: 'ann', aud: API, exp: inSeconds(300), ...more });
const unsigned = (header: object) => `${encode(header)}.${encode(claims())}.`;

/** HS256 with the public key as its secret, in each spelling in which a verifier might take it (RFC 8725 2.1). */
async function withPublicKey(spelling: 'pem' | 'jwk' | 'modulus'): Promise<string> {
  const jwk = issuer.keys[0] as JWK;
  const pem = await exportSPKI((await importJWK(jwk, 'RS256')) as CryptoKey);
  const secret = { pem, jwk: JSON.stringify(jwk), modulus: jwk.n! }[spelling];
  const header = { alg: 'HS256', kid: jwk.kid, typ: 'at+jwt' };
  return new SignJWT(claims()).setProtectedHeader(header).sign(Buffer.from(secret));
}

describe.each(['express', 'fastify'] as const)('RFC 8725: JWTs that nobody gave, on %s', (adapter) => {
  let host: ResourceServer;
  beforeAll(async () => {
    host = await createResourceServer(
      { issuers: [{ issuer: issuer.url }], audience: API, allowPrivateNetwork: true },
      { adapter },
    );
  });
  afterAll(() => host.close());
  const me = (bearer: string) => send(`${host.url}/api/me`, { bearer });
  const theirs = (more: object = {}, header: object = {}) => issuer.token({ aud: API, ...more }, header);

  it.each<[string, () => string | Promise<string>]>([
    ['alg none', () => unsigned({ alg: 'none', typ: 'at+jwt' })],
    ['alg None', () => unsigned({ alg: 'None', typ: 'at+jwt', kid: 'one' })],
    ['HS256 with the public key as PEM', () => withPublicKey('pem')],
    ['HS256 with the public key as JWK', () => withPublicKey('jwk')],
    ['HS256 with the modulus', () => withPublicKey('modulus')],
    ['another audience', () => theirs({ aud: 'https://elsewhere.example' })],
    ['an audience of which ours is a part', () => theirs({ aud: `${API}.evil.example` })],
    ['no audience', () => theirs({ aud: [] })],
    ['an issuer nobody trusts', () => theirs({ iss: 'https://evil.example' })],
    ['an issuer with a slash more', () => theirs({ iss: `${issuer.url}/` })],
    ['the issuer, under another key with its kid', () => attacker.token({ iss: issuer.url, aud: API })],
    ['an expiry in the past', () => theirs({ exp: inSeconds(-10) })],
    ['an nbf in the future', () => theirs({ nbf: inSeconds(60) })],
    ['an unknown crit (RFC 7515 4.1.11)', () => theirs({}, { crit: ['exp2'], exp2: 1 })],
    ['an unknown kid', () => theirs({}, { kid: 'two' })],
    ['typ JWT, as ID tokens have it (RFC 9068 4)', () => theirs({}, { typ: 'JWT' })],
    ['an ID token with the typ of an access token', () => theirs({ at_hash: 'x' })],
    ['a logout token', () => theirs({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })],
    ['a refresh token of Keycloak', () => theirs({ typ: 'Refresh' })],
    ['an ID token of several uses', () => theirs({ token_use: ['access', 'id'] })],
    ['a key that it is bound to (RFC 9449 7.1)', () => theirs({ cnf: { jkt: 'x' } })],
    ['an empty subject', () => theirs({ sub: '' })],
    ['a changed payload', async () => (await theirs()).replace(/\.[^.]+\./, `.${encode(claims({ sub: 'root' }))}.`)],
    ['no signature', async () => `${(await theirs()).split('.').slice(0, 2).join('.')}.`],
    ['no JWT at all', () => 'opaque'],
    ['segments that are no JSON', () => 'eyJ.eyJ.x'],
  ])('401 %s', async (_name, forge) => {
    expect((await me(await forge())).status).toBe(401);
    expect((await me(await theirs())).status).toBe(200);
  });

  it('401 jku, x5u and jwk of the token are never fetched nor believed (RFC 8725 3.10)', async () => {
    attacker.requests = [];
    const header = { jku: `${attacker.url}/keys`, x5u: `${attacker.url}/cert`, jwk: attacker.keys[0] };
    expect((await me(await attacker.token({ iss: issuer.url, aud: API }, header))).status).toBe(401);
    expect((await me(await attacker.token({ iss: issuer.url, aud: API }, { ...header, kid: undefined }))).status).toBe(
      401,
    );
    expect(attacker.requests).toEqual([]);
    // What they say changes nothing of a good token either.
    expect((await me(await theirs({}, { jku: `${attacker.url}/keys` }))).status).toBe(200);
    expect(attacker.requests).toEqual([]);
  });

  it('400 a token of more than 8 KiB, unread', async () => {
    expect((await me(await theirs({ filler: 'x'.repeat(8_000) }))).status).toBe(400);
  });

  it('200 a token_use that is no text says nothing', async () => {
    expect((await me(await theirs({ token_use: { toString: 1, valueOf: 1 } }))).status).toBe(200);
  });

  it('401 a key of the issuer that cannot be used: too short (RFC 7518 3.3), or no key at all', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const others = [
      { ...publicKey.export({ format: 'jwk' }), kid: 'short' },
      { kty: 'RSA', n: 'AA', e: 5, kid: 'broken' },
    ];
    const jwks = { keys: [...issuer.keys, ...others] as GivenKeySet['keys'] };
    const other = await createResourceServer({
      issuers: [{ issuer: issuer.url, jwks }],
      audience: API,
      allowPrivateNetwork: true,
    });
    const ask = async (header: object) =>
      (await send(`${other.url}/api/me`, { bearer: await theirs({}, header) })).status;
    expect([await ask({}), await ask({ kid: 'short' }), await ask({ kid: 'broken' })]).toEqual([200, 401, 401]);
    await other.close();
  });

  it('T052 five hundred unknown kids make no request: the cooldown is that of the key set', async () => {
    const before = issuer.requests.length;
    const tokens = await Promise.all(Array.from({ length: 500 }, (_, one) => theirs({}, { kid: `unknown-${one}` })));
    const answers = await Promise.all(tokens.map(me));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(issuer.requests.length - before).toBe(0);
  });
});

afterAll(() => Promise.all([issuer.stop(), attacker.stop()]));
