import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { authDataSource, AuthModule, JwtService, SigningKeys } from '../../src/index.js';
import { createHttpAdapter } from '../support/adapter.js';
import { createTestApp, TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import { createTestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { readKeys } from '../support/keys.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

const NEW_SECRET = 'another secret for tests, long enough 9876543210';

describe('private keys at rest', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ auth: { jwt: {} } });
  });
  afterAll(() => host.close());

  const sealed = async () => {
    const rows = await host.sql<{ private_key: Buffer }>('SELECT private_key FROM auth_signing_key ORDER BY kid');
    return rows.map((row) => row.private_key.toString('hex'));
  };
  const boot = (secret: string | string[]) =>
    createTestApp({ databaseUrl: host.databaseUrl, auth: { secret, jwt: {} } });

  it('a wrong secret stops the boot with a sentence, and writes nothing', async () => {
    const before = await sealed();
    await expect(boot(NEW_SECRET)).rejects.toThrow(/secret: it does not open the signing keys .*secret: \[new, old\]/);
    expect(await sealed()).toEqual(before);
  });

  it('a changed secret encrypts the keys anew; then the old one is not needed, and a process that runs goes on', async () => {
    const before = await sealed();
    const user = await signUp(host.url);
    const moved = await boot([NEW_SECRET, TEST_SECRET]);
    expect(await sealed()).not.toEqual(before);
    await moved.close();
    const bare = await boot(NEW_SECRET);
    const { token } = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body;
    // The process with the old secret only has its keys in memory.
    await readKeys(host);
    expect((await send(`${host.url}/api/auth/token`, { bearer: user.token })).status).toBe(200);
    const [key] = (await send(`${bare.url}/api/auth/jwks`)).body.keys;
    expect(JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).kid).toBe(key.kid);
    await bare.close();
    await expect(boot(TEST_SECRET)).rejects.toThrow(/secret: it does not open/);
  });
});

describe('a database that is away at boot', () => {
  it('503 for tokens and key set until it is back, never 500, and then all works', async () => {
    const database = await createTestDatabase();
    await (await createTestApp({ databaseUrl: database.url, auth: { jwt: {} } })).close();
    const lazy = await createLazyApp(database.url);
    expect((await send(`${lazy.url}/api/auth/jwks`)).status).toBe(503);
    await lazy.connect();
    await until('the key set is served', async () => (await send(`${lazy.url}/api/auth/jwks`)).status === 200);
    await lazy.close();
    await database.drop();
  });

  it('503 and a line in the log when the secret turns out to be wrong later', async () => {
    const database = await createTestDatabase();
    await (await createTestApp({ databaseUrl: database.url, auth: { jwt: {} } })).close();
    const lazy = await createLazyApp(database.url, NEW_SECRET);
    await lazy.connect();
    const answer = await send(`${lazy.url}/api/auth/jwks`);
    expect([answer.status, answer.body.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(answer.text).not.toMatch(/secret|kid/i);
    expect(lazy.log.join('\n')).toMatch(/secret: it does not open the signing keys/);
    await lazy.close();
    await database.drop();
  });
});

/** A host that connects its data source after it has started, as the demo does. */
async function createLazyApp(databaseUrl: string, secret = TEST_SECRET) {
  const dataSource = new DataSource(authDataSource({ url: databaseUrl }));
  class SourceModule {}
  Global()(SourceModule);
  Module({ providers: [{ provide: DataSource, useValue: dataSource }], exports: [DataSource] })(SourceModule);
  const log: string[] = [];
  const keep = (text: unknown) => void log.push(String(text));
  const moduleRef = await Test.createTestingModule({
    imports: [SourceModule, AuthModule.forRoot({ issuer: TEST_ISSUER, secret, rateLimits: false, jwt: {} })],
  }).compile();
  const app = moduleRef.createNestApplication(createHttpAdapter());
  app.useLogger({ log: () => undefined, error: keep, warn: keep });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address();
  return {
    url: `http://127.0.0.1:${port}`,
    log,
    connect: () => dataSource.initialize(),
    close: async () => {
      await app.close();
      if (dataSource.isInitialized) await dataSource.destroy();
    },
  };
}

describe('import of existing keys', () => {
  let host: TestApp;
  let keys: SigningKeys;
  let jwts: JwtService;
  beforeAll(async () => {
    host = await createTestApp({ auth: { jwt: {} } });
    keys = host.app.get(SigningKeys);
    jwts = host.app.get(JwtService);
  });
  afterAll(() => host.close());

  it('a PEM private key signs from now on, and its kid is the thumbprint', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const info = await keys.import({ key: await exportPKCS8(privateKey) }, { start: 'now' });
    expect(info).toMatchObject({ algorithm: 'ES256', state: 'current', kid: expect.stringMatching(/^[\w-]{43}$/) });
    const { x } = await exportJWK(publicKey);
    const published = (await send(`${host.url}/api/auth/jwks`)).body.keys;
    expect(published.find((key: any) => key.kid === info.kid)).toMatchObject({ x });
    const token = await jwts.sign({ a: 1 }, { subject: 's' });
    expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid).toBe(info.kid);
  });

  it('a PKCS #1 RSA key as JWK keeps its kid, waits like any key, and nothing private is published', async () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const info = await keys.import({ key: { ...jwk, kid: 'from-the-old-system', alg: 'PS256' } });
    expect(info).toMatchObject({ kid: 'from-the-old-system', algorithm: 'PS256', state: 'next' });
    const published = (await send(`${host.url}/api/auth/jwks`)).body.keys.find((key: any) => key.kid === info.kid);
    expect(Object.keys(published).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('a public key lets tokens of the old system be verified, and signs nothing', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const info = await keys.import({ key: await exportSPKI(publicKey), kid: 'old-1' });
    expect(info).toMatchObject({ state: 'retired', activeFrom: null, publishedUntil: expect.any(Date) });
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA', kid: 'old-1', typ: 'JWT' })
      .setIssuer(TEST_ISSUER)
      .setAudience(TEST_ISSUER)
      .setSubject('somebody')
      .setJti('1')
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
    expect((await jwts.verify(token)).sub).toBe('somebody');
  });

  it('readings at the same time, which saw the table before the import, do not hide the key', async () => {
    const done = new AbortController();
    const reading = (async () => {
      while (!done.signal.aborted) await keys.refresh();
    })();
    try {
      for (let round = 0; round < 40; round++)
        expect(await keys.import({ key: await publicPem(), kid: `busy-${round}` })).toMatchObject({ state: 'retired' });
    } finally {
      done.abort();
      await reading;
    }
  });

  it.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    ['no PEM', () => keys.import({ key: 'hello' }), /PEM text cannot be read/],
    ['a small RSA key', () => keys.import({ key: smallRsa() }), /at least 2048 bits/],
    ['the wrong algorithm', () => keys.import({ key: smallRsa(), algorithm: 'ES256' }), /cannot be used for ES256/],
    ['a curve nobody asked for', () => keys.import({ key: secp256k1() }), /cannot be used for/],
    ['a short secret', () => keys.import({ key: { kty: 'oct', k: 'c2hvcnQ' }, kid: 'x' }), /at least 32 bytes/],
    ['a secret without a name', () => keys.import({ key: octet() }), /must be given/],
    ['a kid that is a path', () => keys.import({ key: octet(), kid: '../../x' }), /a kid has 1 to 128/],
    ['a kid that was used', async () => keys.import({ key: await publicPem(), kid: 'old-1' }), /used before/],
  ])('refused with a sentence: %s', async (_name, run, message) => {
    await expect((async () => run())()).rejects.toThrow(message);
  });
});

const smallRsa = () =>
  generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' }) as object;
const secp256k1 = () =>
  generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export({ format: 'jwk' }) as object;
const octet = () => createSecretKey(randomBytes(32)).export({ format: 'jwk' }) as { kty: string };
const publicPem = async () => exportSPKI((await generateKeyPair('ES256', { extractable: true })).publicKey);
