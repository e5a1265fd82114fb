import { SignJWT } from 'jose';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { AssertionIssuer, createAssertionHost, ID_JAG, linkAccount, outcome, present } from '../support/assertions.js';
import { clientKey } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { CLAIMS } from '../support/jwt-forged-claims.js';
import { CRITS, KIDS, NONES, OTHER_ALGORITHMS, TYPES } from '../support/jwt-forged-parts.js';
import { SPELLINGS } from '../support/jwt-forged-spellings.js';
import * as forger from '../support/jwt-forger.js';
import { signUp, type SignedInUser } from '../support/users.js';

const REFUSED = '400 invalid_grant';
const NAMED = (value: unknown) => JSON.stringify(value)?.slice(0, 60) ?? 'none';

describe('T191 forged assertions (RFC 8725, RFC 7523 3)', () => {
  let host: TestApp;
  let user: SignedInUser;
  const [idp, plain] = [new AssertionIssuer(), new AssertionIssuer()];

  beforeAll(async () => {
    await Promise.all([idp.start(), plain.start()]);
    host = await createAssertionHost([
      { issuer: idp.url, type: 'id-jag', algorithms: ['ES256'] },
      { issuer: plain.url, algorithms: ['ES256'] },
    ]);
    user = await signUp(host.url);
    for (const { url } of [idp, plain]) await linkAccount(host, user.id, url);
    await forger.learnOf(await idp.idJag(), idp.key.privateKey, idp.key.jwk);
  });
  // All have the jti of one assertion, which is good to the end: none may be refused since another was taken.
  afterEach(async () => {
    expect(await host.sql('WITH gone AS (DELETE FROM auth_spent_jwt RETURNING hash) SELECT hash FROM gone')).toEqual(
      [],
    );
  });
  afterAll(async () => {
    expect(outcome(await present(host, forger.token))).toBe('200 read write');
    await host.close();
    await Promise.all([idp.stop(), plain.stop()]);
  });

  const ask = async (text: string) => outcome(await present(host, text));
  const refuses = async (forge: () => string | Promise<string>) => expect(await ask(await forge())).toBe(REFUSED);

  it.each(NONES)('T191 RFC 8725 3.1 (I24): alg %j', async (alg) => {
    for (const signature of ['', 'AAAA', forger.parts()[2]])
      await refuses(() => forger.unsigned({ ...forger.header, alg }, signature));
  });

  it.each(OTHER_ALGORITHMS)('T191 RFC 8725 3.1 (I24): alg %s over a signature of ES256', async (alg) =>
    refuses(() => forger.signed({ header: { alg } })),
  );

  it('T191 RFC 8725 2.1 (I24): HS256 with the public key as its secret', async () => {
    for (const secret of [
      await forger.spki(),
      await forger.spkiDer(),
      JSON.stringify(forger.ourPublic),
      forger.ourPublic.x!,
    ])
      await refuses(() => forger.hmac(secret, { alg: 'HS256' }));
  });

  it.each(CRITS)('T191 RFC 7515 4.1.11: crit %s', async (_name, header) => {
    await refuses(() => forger.signed({ header }));
  });

  it.each(KIDS.filter((kid) => typeof kid === 'string'))('T191 RFC 7515 4.1.4: kid %j', async (kid) =>
    refuses(() => forger.signed({ header: { kid } })),
  );

  it.each(TYPES.map((typ) => [NAMED(typ), typ]))('T191 RFC 8725 3.11 (I22): typ %s', async (_name, typ) =>
    refuses(() => forger.signed({ header: { typ } })),
  );

  // Two are other spellings of what the issuer has signed, and as good as that once (rfc7523).
  const SAME = ['trailing bits that mean nothing', 'a byte order mark in the header'];
  it.each(SPELLINGS.filter(([name]) => !SAME.includes(name)))('T191 RFC 7515 3.1: %s', async (_name, forge) =>
    refuses(forge),
  );

  it.each(CLAIMS.filter(([name]) => !name.startsWith('the session')))(
    'T191 RFC 7523 3 (I11): %s',
    async (_name, change) => refuses(() => forger.signed(change())),
  );

  it('T191 RFC 7523 3 (I11): the key of an attacker, of another issuer, and one in the header', async () => {
    await refuses(() => forger.signed({}, forger.theirs));
    await refuses(() => forger.signed({ header: { jwk: forger.theirPublic, kid: undefined } }, forger.theirs));
    await refuses(() => plain.idJag({ iss: idp.url }));
    await refuses(() => idp.idJag({ iss: plain.url }, { typ: 'JWT' }));
  });

  it.each<[string, string]>([
    ['nested lists', `{"iss":"ISS","sub":"ada","x":${'['.repeat(2_400)}${']'.repeat(2_400)}}`],
    ['nested objects', `{"iss":"ISS","a":${'{"a":'.repeat(800)}1${'}'.repeat(800)}}`],
    ['two of a name', `{"iss":"https://evil.example","iss":"ISS","sub":"ada"}`],
    ['a list', `["ISS"]`],
    ['a text', `"ISS"`],
    ['a prototype', `{"iss":"ISS","__proto__":{"sub":"ada","exp":9999999999},"sub":"ada"}`],
    ['numbers that are none', `{"iss":"ISS","sub":"ada","exp":1e999,"iat":-1e999}`],
    ['ten thousand digits', `{"iss":"ISS","sub":"ada","exp":1${'0'.repeat(4_000)}}`],
    ['no JSON', `{"iss":"ISS",`],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('latin1')],
  ])('T191 T003 RFC 7519 4: claims that are %s', async (_name, text) => {
    const payload = forger.encode(text.replaceAll('ISS', idp.url));
    await refuses(() => forger.signRaw(forger.encode({ alg: 'ES256', kid: 'k1', typ: ID_JAG }), payload));
  });

  it('T191 RFC 7523 3 (I11): more than 8 KiB, however good', async () => {
    await refuses(() => idp.idJag({ x: 'x'.repeat(7_000) }));
    await refuses(() => 'x'.repeat(9_000));
  });

  it.each<[string, object, object?]>([
    ['an ID token', { nonce: 'n' }],
    ['an ID token with a hash', { at_hash: 'x' }],
    ['an ID token of several audiences', { azp: 'agent' }],
    ['an access token (RFC 9068)', { client_id: 'agent', scope: 'read' }, { typ: 'at+jwt' }],
    ['an access token of old', { scope: 'read' }],
    ['an access token of Entra', { scp: 'read', appid: 'agent' }],
    ['an access token of Cognito', { token_use: 'access' }],
    ['a logout token', { events: {} }, { typ: 'logout+jwt' }],
    ['a logout token without typ', { events: {} }],
    ['an assertion of a client', {}, { typ: 'client-authentication+jwt' }],
    ['an identity assertion for a client', { client_id: 'agent' }, { typ: ID_JAG }],
    ['a proof of a key', {}, { typ: 'dpop+jwt' }],
  ])('T191 RFC 8725 3.11 (I11): %s for this server, of an issuer of assertions', async (_name, claims, header = {}) =>
    refuses(() => plain.assertion({ ...claims }, { ...header })),
  );

  it('T191 ID-JAG 8.3 (I20): what this server has signed itself, whatever it is', async () => {
    const own = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body.token as string;
    await refuses(() => own);
    await refuses(() => idp.idJag({ iss: TEST_ISSUER }));
  });

  it('T191 RFC 8725 3.11: an assertion is no access token here, nor the assertion of a client', async () => {
    for (const text of [await plain.assertion(), await idp.idJag()]) {
      expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: text })).status).toBe(401);
      expect((await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: text })).status).toBe(401);
    }
    const other = await clientKey('ES256', 'k1');
    const stranger = await new SignJWT({ scope: 'read' })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: ID_JAG })
      .setIssuer(idp.url)
      .sign(other.privateKey);
    await refuses(() => stranger);
  });
});
