import { exportJWK, generateKeyPair, type FlattenedJWSInput } from 'jose';
import { RemoteKeySet } from './remote-key-set.js';

const NO_TOKEN = {} as FlattenedJWSInput;

describe('F06 a key set elsewhere (RFC 7517 5)', () => {
  it('F06 while a server hangs that gave its keys before, nobody waits until it is given up', async () => {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const answers = [{ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }];
    let asked = 0;
    const keys = new RemoteKeySet({
      owner: 'somebody',
      fetch: () => Promise.resolve(answers[asked++] ?? new Promise<never>(() => undefined)),
      maxAgeMilliseconds: -1,
      maxStaleMilliseconds: 60_000,
      cooldownMilliseconds: -1,
    });
    const key = () => keys.keyOf({ alg: 'ES256', kid: 'one' }, NO_TOKEN);
    await expect(key()).resolves.toBeDefined();
    await expect(Promise.all([key(), key(), key()])).resolves.toHaveLength(3);
    expect(asked).toBe(2);
  });
});
