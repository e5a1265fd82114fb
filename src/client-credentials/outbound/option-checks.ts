import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isLoopbackHost } from '../../common/loopback-host.js';

/**
 * Checks an address that a secret is sent to.
 * @throws Error unless it is https, or http on loopback; stops the boot
 */
export function checkEndpoint(option: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (!url || !secure || url.username || url.password || url.hash)
    throw new Error(
      `${option}: ${JSON.stringify(value)} is not an address to send a secret to. Give https://…, without credentials and fragment.`,
    );
  return url.href;
}

/** @throws Error when it cannot be read as PEM or JWK; the message holds nothing of the key. Stops the boot */
export function readPrivateKey(option: string, key: string | JsonWebKey): KeyObject {
  try {
    return typeof key === 'string' ? createPrivateKey(key) : createPrivateKey({ key, format: 'jwk' });
  } catch {
    throw new Error(`${option}: this is not a private key. Give it as PEM text without a passphrase, or as a JWK.`);
  }
}

/** Absent, or read from an environment variable that is not set. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
