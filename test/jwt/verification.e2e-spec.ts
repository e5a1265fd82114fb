import { Controller, Get } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { randomBytes } from 'node:crypto';
import { BearerAuth, JwtService, SigningKeys, UsersService, type StaticClientOptions } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { exchange, Navigator, obtainCode, providerOptions, WEB } from '../support/oauth.js';
import { sweep } from '../support/sweep.js';
import { signUp, type SignedInUser } from '../support/users.js';

@Controller('probe')
class ProbeController {
  @Get()
  @BearerAuth()
  probe() {
    return { ok: true };
  }
}

let host: TestApp;
let user: SignedInUser;
beforeAll(async () => {
  host = await createTestApp({ controllers: [ProbeController], auth: { jwt: {} } });
  user = await signUp(host.url);
});
afterAll(() => host.close());

const probe = (bearer: string) => send(`${host.url}/probe`, { bearer });

describe('T048 T036 what ends a token', () => {
  const fresh = async (who: SignedInUser) =>
    (await send(`${host.url}/api/auth/token`, { bearer: who.token })).body.token;

  it('401 once its session has ended, though it was in memory', async () => {
    const who = await signUp(host.url);
    const jwt = await fresh(who);
    expect((await probe(jwt)).status).toBe(200);
    await send(`${host.url}/api/auth/sign-out`, { bearer: who.token, body: {} });
    expect((await probe(jwt)).status).toBe(401);
  });

  it('401 once its user was deleted', async () => {
    const who = await signUp(host.url);
    const [jwt, bound] = [
      await fresh(who),
      await host.app.get(JwtService).sign({}, { subject: who.id, type: 'at+jwt' }),
    ];
    expect([(await probe(jwt)).status, (await probe(bound)).status]).toEqual([200, 200]);
    const gone = await send(`${host.url}/api/auth/delete-user`, {
      bearer: who.token,
      body: { password: who.password },
    });
    expect(gone.status).toBe(200);
    expect([(await probe(jwt)).status, (await probe(bound)).status]).toEqual([401, 401]);
  });

  it('T036 401 for a deleted user as long as a token of theirs may live, also when rows are swept', async () => {
    const long = await createTestApp({ controllers: [ProbeController], auth: { jwt: { maxExpiresIn: '30d' } } });
    try {
      const who = await signUp(long.url);
      const options = { subject: who.id, type: 'at+jwt', expiresIn: '30d' } as const;
      const jwt = await long.app.get(JwtService).sign({}, options);
      const status = async () => (await send(`${long.url}/probe`, { bearer: jwt })).status;
      expect(await status()).toBe(200);
      await long.app.get(UsersService).forget(who.id);
      await long.sql(`UPDATE auth_subject SET forgotten_at = now() - interval '29 days' WHERE subject = $1`, [who.id]);
      await sweep(long);
      expect(await status()).toBe(401);
      await long.sql(`UPDATE auth_subject SET forgotten_at = now() - interval '32 days' WHERE subject = $1`, [who.id]);
      expect((await sweep(long))['auth_subject']).toBe(1);
    } finally {
      await long.close();
    }
  });

  it.each(['token', 'jti'])('401 once it was revoked by %s; others of the session live on', async (by) => {
    const [jwt, other] = [await fresh(user), await fresh(user)];
    expect((await probe(jwt)).status).toBe(200);
    await host.app.get(JwtService).revoke(by === 'token' ? jwt : decodeJwt(jwt).jti!);
    expect((await probe(jwt)).status).toBe(401);
    expect((await probe(other)).status).toBe(200);
  });

  it('401 once its key was withdrawn', async () => {
    const jwt = await fresh(user);
    expect((await probe(jwt)).status).toBe(200);
    await host.app.get(SigningKeys).revoke(decodeProtectedHeader(jwt).kid!);
    expect((await probe(jwt)).status).toBe(401);
    expect((await probe(await fresh(user))).status).toBe(200);
  });
});

describe('host code', () => {
  it('JwtService.sign and verify: round trip, wrong audience, wrong type, reserved claims, too long a life', async () => {
    const jwts = host.app.get(JwtService);
    const jwt = await jwts.sign(
      { purpose: 'unsubscribe' },
      { subject: 'user-1', audience: 'mailer', type: 'mail+jwt', expiresIn: '1h' },
    );
    const found = await jwts.verify(jwt, { audience: 'mailer', type: 'mail+jwt' });
    expect(found).toMatchObject({ sub: 'user-1', aud: 'mailer', purpose: 'unsubscribe', iss: TEST_ISSUER });
    expect(found.exp - found.iat).toBe(3_600);
    await expect(jwts.verify(jwt, { audience: 'mailer' })).rejects.toMatchObject({ status: 401 });
    await expect(jwts.verify(jwt, { type: 'mail+jwt' })).rejects.toMatchObject({ status: 401 });
    await expect(jwts.sign({ sub: 'x' }, { subject: 'y' })).rejects.toThrow(/sub cannot be given/);
    await expect(jwts.sign({}, { subject: 'y', expiresIn: '2d' })).rejects.toThrow(/out of range/);
    await jwts.revoke(decodeJwt(jwt).jti!);
    await expect(jwts.verify(jwt, { audience: 'mailer', type: 'mail+jwt' })).rejects.toMatchObject({ status: 401 });
    const foreign = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'x', typ: 'JWT' })
      .sign((await generateKeyPair('ES256')).privateKey);
    await expect(jwts.verify(foreign)).rejects.toMatchObject({ status: 401 });
  });
});

describe('RFC 9068 2.2 with an issuer of its own for the JWTs of sessions', () => {
  it("200 for a client's token, which names the server; 401 for both once they are revoked", async () => {
    const client: StaticClientOptions = { ...WEB, accessTokenFormat: 'jwt' };
    const own = await createTestApp({
      controllers: [ProbeController],
      auth: providerOptions({ clients: [client] }, { jwt: { issuer: 'https://jwt.example' } }),
    });
    try {
      const browser = new Navigator(own);
      await browser.signUp();
      const { body } = await exchange(own, client, await obtainCode(browser, client));
      const ofSession = (await send(`${own.url}/api/auth/token`, { headers: { cookie: browser.cookie } })).body.token;
      const tokens = [body.access_token as string, ofSession as string];
      expect(tokens.map((token) => decodeJwt(token).iss)).toEqual([TEST_ISSUER, 'https://jwt.example']);
      const statuses = async () =>
        Promise.all(tokens.map(async (bearer) => (await send(`${own.url}/probe`, { bearer })).status));
      expect(await statuses()).toEqual([200, 200]);
      expect((await send(`${own.url}/api/auth/oauth2/userinfo`, { bearer: tokens[0]! })).status).toBe(200);
      for (const token of tokens) await own.app.get(JwtService).revoke(token);
      expect(await statuses()).toEqual([401, 401]);
    } finally {
      await own.close();
    }
  });
});

describe('HS256', () => {
  it('verifies here, by whom the secret was given to, and by nobody who has only what is public', async () => {
    const shared = randomBytes(32);
    const symmetric = await createTestApp({ controllers: [ProbeController], auth: { jwt: { algorithm: 'HS256' } } });
    const who = await signUp(symmetric.url);
    const issue = async () => (await send(`${symmetric.url}/api/auth/token`, { bearer: who.token })).body.token;
    const before = await issue();
    const k = shared.toString('base64url');
    await symmetric.app.get(SigningKeys).import({ key: { kty: 'oct', k }, kid: 'shared-1' }, { start: 'now' });
    const after = await issue();
    for (const jwt of [before, after]) expect((await send(`${symmetric.url}/probe`, { bearer: jwt })).status).toBe(200);
    expect(decodeProtectedHeader(after)).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'shared-1' });
    expect((await jwtVerify(after, shared, { issuer: TEST_ISSUER })).payload.sub).toBe(who.id);
    await expect(jwtVerify(before, shared)).rejects.toThrow(/signature/);
    expect((await send(`${symmetric.url}/api/auth/jwks`)).body).toEqual({ keys: [] });
    await symmetric.close();
  });
});
