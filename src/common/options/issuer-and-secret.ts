import { isLoopbackHost } from '../loopback-host.js';

const MIN_SECRET_LENGTH = 32;

/** @throws Error with the fault and the remedy; stops the boot */
export function resolveIssuer(issuer: string): URL {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      `issuer: ${JSON.stringify(issuer)} is not an http(s) address. Give the public base address, e.g. https://auth.example.com.`,
    );
  }
  if (url.search || url.hash || url.username || url.password) {
    throw new Error('issuer: a query, a fragment or credentials are not allowed in it (RFC 8414 2). Remove them.');
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new Error(`issuer: ${url.href} is plain http on a host that is not loopback. Use https.`);
  }
  return url;
}

/** @throws Error with the fault and the remedy; stops the boot */
export function resolveSecrets(secret: unknown): readonly string[] {
  const secrets = Array.isArray(secret) ? secret : [secret];
  if (secrets.length === 0) throw new Error('secret: the list is empty. Give at least one secret of 32 characters.');
  for (const [index, value] of secrets.entries()) {
    const name = Array.isArray(secret) ? `secret[${index}]` : 'secret';
    if (typeof value !== 'string' || value.length < MIN_SECRET_LENGTH) {
      throw new Error(
        `${name}: it is missing or shorter than ${MIN_SECRET_LENGTH} characters. Make one with: openssl rand -base64 32`,
      );
    }
    if (new Set(value).size < 8) {
      throw new Error(
        `${name}: it has fewer than 8 different characters and can be guessed. Make one with: openssl rand -base64 32`,
      );
    }
  }
  if (new Set(secrets).size !== secrets.length) throw new Error('secret: the same secret is listed twice. Remove one.');
  return Object.freeze([...(secrets as string[])]);
}
