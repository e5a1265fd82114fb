import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isMissing, readPrivateKey } from './option-checks.js';
import type { MicrosoftProviderOptions, OAuthPrivateKeyOptions, OutboundProviderOptions } from './outbound.options.js';
import type { ProviderKind } from './provider.settings.js';

/** How we authenticate at a token endpoint. */
export type ClientAuthentication =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
  | {
      readonly method: 'private_key_jwt';
      readonly key: KeyObject;
      readonly algorithm: string;
      /** `kid` or `x5t#S256`. */
      readonly header: Readonly<Record<string, string>>;
      /** Identifies the key without revealing it. */
      readonly thumbprint: string;
    }
  | { readonly method: 'assertion'; readonly read: () => Promise<string> };

const CREDENTIALS = ['clientSecret', 'certificate', 'privateKey', 'assertion', 'assertionFile'] as const;
const AUTH_METHODS = ['client_secret_basic', 'client_secret_post'] as const;
const KEY_TYPES: Readonly<Record<string, string>> = { RS: 'rsa', PS: 'rsa', ES: 'ec', Ed: 'ed25519' };
const ALGORITHM = /^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/;

type Given = MicrosoftProviderOptions & Omit<OutboundProviderOptions, 'kind'>;

/**
 * @returns null when no credential is given
 * @throws Error with option and remedy; stops the boot
 */
export function resolveAuthentication(
  option: string,
  kind: ProviderKind,
  options: MicrosoftProviderOptions | OutboundProviderOptions,
): ClientAuthentication | null {
  const given = options as Given;
  const present = CREDENTIALS.filter((name) => !isMissing(given[name]));
  if (present.length > 1) throw new Error(`${option}: ${present.join(' and ')} are given. Leave one credential.`);
  const [credential] = present;
  if (credential === undefined) return null;
  switch (credential) {
    case 'clientSecret':
      return { method: secretMethod(option, kind, given.authMethod), secret: given.clientSecret! };
    case 'certificate':
      return certificateAuthentication(`${option}.certificate`, given.certificate!);
    case 'privateKey':
      return keyAuthentication(`${option}.privateKey`, given.privateKey!);
    case 'assertion':
      return { method: 'assertion', read: async () => given.assertion!() };
    case 'assertionFile':
      return { method: 'assertion', read: async () => (await readFile(given.assertionFile!, 'utf8')).trim() };
  }
}

function secretMethod(option: string, kind: ProviderKind, method: OutboundProviderOptions['authMethod']) {
  if (kind === 'microsoft') return 'client_secret_post';
  if (method !== undefined && !AUTH_METHODS.includes(method))
    throw new Error(`${option}.authMethod: give ${AUTH_METHODS.join(' or ')}.`);
  return method ?? 'client_secret_basic';
}

function certificateAuthentication(
  option: string,
  given: NonNullable<MicrosoftProviderOptions['certificate']>,
): ClientAuthentication {
  const key = readPrivateKey(`${option}.privateKey`, given.privateKey);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(given.certificate);
  } catch {
    throw new Error(`${option}.certificate: this is not a certificate. Give it as PEM text.`);
  }
  if (key.asymmetricKeyType !== 'rsa') throw new Error(`${option}.privateKey: Microsoft takes RSA keys. Give one.`);
  if (!certificate.checkPrivateKey(key))
    throw new Error(`${option}: the private key is not that of the certificate. Give the pair.`);
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  return { method: 'private_key_jwt', key, algorithm: 'PS256', header: { 'x5t#S256': thumbprint }, thumbprint };
}

function keyAuthentication(option: string, given: OAuthPrivateKeyOptions): ClientAuthentication {
  const key = readPrivateKey(`${option}.key`, given.key);
  const { algorithm, keyId } = given;
  if (!ALGORITHM.test(algorithm) || KEY_TYPES[algorithm.slice(0, 2)] !== key.asymmetricKeyType)
    throw new Error(
      `${option}.algorithm: ${JSON.stringify(algorithm)} does not suit this key. Give e.g. PS256 or ES256.`,
    );
  const publicKey = createPublicKey(key as never).export({ type: 'spki', format: 'der' });
  const thumbprint = createHash('sha256').update(publicKey).digest('base64url');
  return { method: 'private_key_jwt', key, algorithm, header: keyId === undefined ? {} : { kid: keyId }, thumbprint };
}
