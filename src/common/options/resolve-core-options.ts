import { isLoopbackHost } from '../loopback-host.js';
import { resolveCookies } from './cookie-options.js';
import type { AuthCoreOptions, CoreSettings } from './core-options.js';
import { resolveSeconds } from './duration.js';
import { requireKnownKeys } from './known-keys.js';
import { requireKinds, type OptionKinds } from './option-kinds.js';
import { resolveTrustedOrigins } from './trusted-origins.js';

const CORE_KINDS: OptionKinds<AuthCoreOptions> = {
  issuer: 'text',
  secret: ['text', 'texts'],
  trustedOrigins: ['list', 'function'],
  cacheTtl: 'duration',
  cacheSize: 'number',
  trustProxy: 'texts',
  rateLimits: 'flag',
  legacyCredentials: 'flag',
  cookies: 'block',
  administration: 'block',
  allowPrivateNetwork: 'flag',
  sweep: 'block',
  checkMigrations: 'flag',
};
const COOKIE_KINDS: OptionKinds<NonNullable<AuthCoreOptions['cookies']>> = {
  prefix: 'text',
  hostPrefix: 'flag',
  domain: 'text',
  sameSite: 'text',
  partitioned: 'flag',
};
const SWEEP_KINDS: OptionKinds<NonNullable<AuthCoreOptions['sweep']>> = { enabled: 'flag', interval: 'duration' };

const MIN_SECRET_LENGTH = 32;

/**
 * Checks the core options and fills in the defaults.
 * @throws Error whose message names the option, the fault and the remedy; stops the boot.
 */
export function resolveCoreOptions(options: AuthCoreOptions | undefined): CoreSettings {
  if (!options || typeof options !== 'object') {
    throw new Error(
      'Give { issuer, secret } to AuthModule.forRoot, or import AuthCoreModule.forRoot({ issuer, secret }) beside single capabilities.',
    );
  }
  requireKinds('', options, CORE_KINDS);
  requireKinds('cookies', options.cookies, COOKIE_KINDS);
  requireKinds('administration', options.administration, { guard: ['function', 'block'] });
  requireKinds('sweep', options.sweep, SWEEP_KINDS);
  requireKnownKeys('sweep', options.sweep, ['enabled', 'interval']);
  requireKnownKeys('administration', options.administration, ['guard']);
  const issuerUrl = resolveIssuer(options.issuer);
  return Object.freeze({
    issuer: issuerUrl.href.replace(/\/$/, ''),
    issuerUrl,
    secrets: resolveSecrets(options.secret),
    trustedOrigins: resolveTrustedOrigins(options.trustedOrigins, issuerUrl.origin),
    cacheTtlSeconds: resolveSeconds('cacheTtl', options.cacheTtl ?? 5, { min: 0, max: 60 }),
    cacheSize: resolveCount('cacheSize', options.cacheSize ?? 10_000, { min: 100, max: 10_000_000 }),
    trustProxy: Object.freeze([...(options.trustProxy ?? [])]),
    rateLimits: options.rateLimits ?? true,
    legacyCredentials: options.legacyCredentials ?? false,
    administrationGuard: options.administration?.guard ?? null,
    cookies: resolveCookies(options.cookies, issuerUrl),
    allowPrivateNetwork: options.allowPrivateNetwork ?? false,
    checkMigrations: options.checkMigrations ?? true,
    sweep: Object.freeze({
      enabled: options.sweep?.enabled ?? true,
      intervalSeconds: resolveSeconds('sweep.interval', options.sweep?.interval ?? '10m', { min: 1, max: 86_400 }),
    }),
  });
}

function resolveIssuer(issuer: unknown): URL {
  const url = typeof issuer === 'string' ? tryUrl(issuer) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      `issuer: ${JSON.stringify(issuer)} is no http(s) address. Give the public base address, e.g. https://auth.example.com.`,
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

function tryUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function resolveSecrets(secret: unknown): readonly string[] {
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

function resolveCount(option: string, value: number, limits: { min: number; max: number }): number {
  if (!Number.isInteger(value) || value < limits.min || value > limits.max) {
    throw new Error(`${option}: ${value} is out of range. Give a whole number from ${limits.min} to ${limits.max}.`);
  }
  return value;
}
