import { generateKeyPairSync, sign } from 'node:crypto';
import { oid, pem, sequence, tlv, utcTime, utf8 } from './der.js';

const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), tlv(0x05));
const COMMON_NAME = oid('2.5.4.3');

/** An RSA key with a self-signed certificate (RFC 5280 4.1), as one is uploaded to Entra ID. */
export function selfSigned(commonName = 'daemon') {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const name = sequence(tlv(0x31, sequence(COMMON_NAME, utf8(commonName))));
  const day = 86_400_000;
  const toBeSigned = sequence(
    tlv(0x02, Buffer.of(1)),
    SHA256_WITH_RSA,
    name,
    sequence(utcTime(new Date(Date.now() - day)), utcTime(new Date(Date.now() + day))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = sequence(toBeSigned, SHA256_WITH_RSA, tlv(0x03, Buffer.of(0), signature));
  return {
    certificate: pem(der),
    der,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicJwk: publicKey.export({ format: 'jwk' }),
  };
}
