import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const about = { kid: 'partner-1', alg: 'ES256', use: 'sig' };
mkdirSync('.data', { recursive: true });
for (const [name, key] of Object.entries({ private: privateKey, public: publicKey })) {
  const jwk = JSON.stringify({ ...key.export({ format: 'jwk' }), ...about });
  writeFileSync(`.data/partner-${name}.json`, jwk, { mode: 0o600 });
}
