import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { createHmac, createSign } from 'node:crypto';
import { SecretBox } from '../../src/common/secrets/secret-box.js';
import type { TestApp } from './app.js';
import { send } from './http.js';
import type { SignedInUser } from './users.js';

export type Json = Record<string, unknown>;
export type Forge = () => string | Promise<string>;

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** A valid token, our private keys for signing wrong ones, and keys of an attacker. */
export let token: string;
export let header: Json;
export let claims: Json;
export let ours: CryptoKey;
export let ourPublic: JWK;
export let theirs: CryptoKey;
export let theirPublic: JWK;

/** Gets a valid token, and the private key behind it, so that each case is wrong only in what it names. */
export async function learn(host: TestApp, user: SignedInUser): Promise<void> {
  token = (await send(`${host.url}/api/auth/token`, { bearer: user.token })).body.token;
  header = decodeProtectedHeader(token) as Json;
  claims = decodeJwt(token) as Json;
  [ourPublic] = (await send(`${host.url}/api/auth/jwks`)).body.keys;
  const [row] = await host.sql<{ kid: string; private_key: Buffer }>('SELECT kid, private_key FROM auth_signing_key');
  const text = host.app.get(SecretBox).open(row!.private_key, `signing-key:${row!.kid}`)!;
  ours = (await importJWK(JSON.parse(text), 'ES256')) as CryptoKey;
  const pair = await generateKeyPair('ES256', { extractable: true });
  theirs = pair.privateKey;
  theirPublic = await exportJWK(pair.publicKey);
}

/** The same for a token of another issuer, whose private key the test has. */
export async function learnOf(good: string, privateKey: CryptoKey, publicKey: JWK): Promise<void> {
  token = good;
  header = decodeProtectedHeader(token) as Json;
  claims = decodeJwt(token) as Json;
  [ours, ourPublic] = [privateKey, publicKey];
  const pair = await generateKeyPair('ES256', { extractable: true });
  theirs = pair.privateKey;
  theirPublic = await exportJWK(pair.publicKey);
}

/** Signed by our own key: only what the case names is wrong. */
export async function signed(
  change: { header?: Json; claims?: Json; without?: string },
  key: CryptoKey = ours,
): Promise<string> {
  const payload: Json = { ...claims, ...change.claims };
  if (change.without !== undefined) delete payload[change.without];
  const protectedHeader: Json = { ...header, ...change.header };
  for (const [name, value] of Object.entries(protectedHeader)) if (value === undefined) delete protectedHeader[name];
  return signRaw(encode(protectedHeader), encode(payload), key);
}

/** ES256 over any two texts, whatever they contain. */
export async function signRaw(head: string, payload: string, key: CryptoKey = ours): Promise<string> {
  const input = `${head}.${payload}`;
  const bytes = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(input));
  return `${input}.${Buffer.from(bytes).toString('base64url')}`;
}

export const unsigned = (head: Json, signature = ''): string => `${encode(head)}.${encode(claims)}.${signature}`;
export const hmac = (secret: string | Buffer, head: Json, digest = 'sha256'): string => {
  const input = `${encode({ ...header, ...head })}.${encode(claims)}`;
  return `${input}.${createHmac(digest, secret).update(input).digest('base64url')}`;
};

export const now = () => Math.floor(Date.now() / 1000);
export const parts = () => token.split('.') as [string, string, string];

/**
 * A signature in the format of X.509, while JWS requires the bare numbers (RFC 7518 3.4). Any P-256 key will do: the format is the fault.
 */
export async function derSignature(input: string): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', theirs)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
  return createSign('SHA256').update(input).sign({ key, dsaEncoding: 'der' }).toString('base64url');
}

export const spkiDer = async () =>
  Buffer.from(
    await crypto.subtle.exportKey('spki', (await importJWK({ ...ourPublic, ext: true }, 'ES256')) as CryptoKey),
  );
export const spki = async () =>
  `-----BEGIN PUBLIC KEY-----\n${(await spkiDer()).toString('base64')}\n-----END PUBLIC KEY-----\n`;
