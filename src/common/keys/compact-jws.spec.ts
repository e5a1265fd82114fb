import { compactVerify, exportJWK, generateKeyPair } from 'jose';
import { createPrivateKey, createSecretKey, type KeyObject } from 'node:crypto';
import { compactJws } from './compact-jws.js';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from './signing-algorithm.js';

async function keysOf(
  algorithm: SigningAlgorithm,
): Promise<{ sign: KeyObject; verify: Parameters<typeof compactVerify>[1] }> {
  if (algorithm === 'HS256') {
    const secret = Buffer.alloc(32, 7);
    return { sign: createSecretKey(secret), verify: secret };
  }
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return { sign: createPrivateKey({ key: await exportJWK(privateKey), format: 'jwk' }), verify: publicKey };
}

describe('RFC 7515 compact JWS', () => {
  it.each(SIGNING_ALGORITHMS)('RFC 7518 3 %s: another implementation verifies what is signed', async (alg) => {
    const { sign, verify } = await keysOf(alg);
    // R or S is shorter than the curve in one of about 128 signatures on P-256 and P-384, in every second on P-521; of RSA a few are enough.
    const count = { ES256: 600, ES384: 200, ES512: 20 }[alg as string] ?? 3;
    for (let n = 0; n < count; n++) {
      const token = await compactJws({ alg, typ: 'JWT' }, { sub: `ü${n}` }, sign);
      const { payload, protectedHeader } = await compactVerify(token, verify, { algorithms: [alg] });
      expect(protectedHeader).toEqual({ alg, typ: 'JWT' });
      expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({ sub: `ü${n}` });
    }
  });
});
