import { generateKeyPairSync } from 'node:crypto';
import { ClientDoors, refusedAs, TAKEN } from '../support/client-doors.js';

type Key = Record<string, unknown>;

const rsa = (modulusLength: number): Key =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' }) as Key;
const RSA = rsa(2048);
const P256 = curve('P-256');
const P384 = curve('P-384');
const ED = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }) as Key;
const X = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }) as Key;

function curve(namedCurve: string): Key {
  return generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'jwk' }) as Key;
}

describe('keys of clients (RFC 7517, RFC 7518 6)', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open();
  });
  afterAll(() => doors.close());

  it.each<[string, Key[]]>([
    ['a modulus that is a word', [{ kty: 'RSA', n: 'test', e: 'AQAB' }]],
    ['RSA of 1024 bits', [rsa(1024)]],
    ['RSA with the exponent 1', [{ ...RSA, e: 'AQ' }]],
    ['a modulus of 2 KiB', [{ ...RSA, n: Buffer.alloc(2048, 255).toString('base64url') }]],
    ['a modulus in plain base64', [{ ...RSA, n: `${String(RSA['n']).slice(0, -2)}+/` }]],
    ['a point that is not on its curve', [{ ...P256, x: P384['x'] }]],
    ['coordinates of zeros', [{ ...P256, x: 'A'.repeat(43), y: 'A'.repeat(43) }]],
    ['a curve that is not offered', [curve('secp256k1')]],
    ['an Ed25519 key that is short', [{ ...ED, x: 'AAAA' }]],
    ['an alg of another type', [{ ...RSA, alg: 'ES256' }]],
    ['an alg of another curve', [{ ...P256, alg: 'ES384' }]],
    ['an alg that is none', [{ ...P256, alg: 'none' }]],
    ['a symmetric alg', [{ ...RSA, alg: 'HS256' }]],
    ['an alg that is a number', [{ ...RSA, alg: 7 }]],
    ['a private key', [generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }) as Key]],
    ['a symmetric key', [{ kty: 'oct', k: 'a-secret' }]],
    ['a secret beside a public key', [{ ...RSA, k: 'a-secret' }]],
    [
      'the same kid twice',
      [
        { ...RSA, kid: 'a' },
        { ...P256, kid: 'a' },
      ],
    ],
    ['a kid that is a number', [{ ...RSA, kid: 1 }]],
    ['two keys of a kind that nothing tells apart', [P256, curve('P-256')]],
    ['a use that is none', [{ ...RSA, use: 'both' }]],
    ['a key that agrees on secrets, to sign', [{ ...X, use: 'sig' }]],
    ['operations without verify', [{ ...RSA, key_ops: ['sign'] }]],
    ['21 keys', Array.from({ length: 21 }, (_, index) => ({ ...P256, kid: `${index}` }))],
    ['no object', ['x' as unknown as Key]],
  ])('F44: %s is refused at every door', async (_what, keys) => {
    expect(await doors.ask({ jwks: { keys } })).toEqual(refusedAs('invalid_client_metadata', 'jwks'));
  });

  it('F44: keys that no algorithm of the client fits are refused', async () => {
    const signs = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [RSA] } };
    expect(await doors.ask({ ...signs, token_endpoint_auth_signing_alg: 'ES256' })).toEqual(
      refusedAs('invalid_client_metadata', 'token_endpoint_auth_signing_alg'),
    );
    expect(await doors.ask({ jwks: { keys: [P256] }, request_object_signing_alg: 'RS256' })).toEqual(
      refusedAs('invalid_client_metadata', 'request_object_signing_alg'),
    );
    expect(await doors.ask({ ...signs, jwks: { keys: [{ ...RSA, use: 'enc' }] } })).toEqual(
      refusedAs('invalid_client_metadata', 'jwks'),
    );
  });

  it.each<[string, Key[]]>([
    ['RSA', [RSA]],
    ['one key of each kind, for one algorithm each', [{ ...RSA, alg: 'PS256' }, { ...P256, alg: 'ES256' }, P384, ED]],
    [
      'both names of EdDSA',
      [
        { ...ED, alg: 'Ed25519', kid: 'a' },
        { ...ED, alg: 'EdDSA', kid: 'b' },
      ],
    ],
    ['keys to encrypt beside one to sign', [{ ...RSA, use: 'enc', alg: 'RSA-OAEP-256' }, { ...X, use: 'enc' }, P256]],
    [
      'two of a kind by their kid',
      [
        { ...P256, kid: 'a', use: 'sig' },
        { ...curve('P-256'), kid: 'b', key_ops: ['verify'] },
      ],
    ],
  ])('F44: taken: %s', async (_what, keys) => {
    expect(await doors.ask({ jwks: { keys } })).toEqual(TAKEN);
  });
});
