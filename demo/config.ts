import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderOptions, SeedClient, SeedUser } from 'nest-authority';
import { builtInClients, readClients } from './clients-file.js';
import { NO_OUTBOUND, readOutbound, type OutboundConfig } from './outbound-file.js';
import { readProviders } from './providers.js';
import { readWebClientPort, webClientOrigin } from './web-client/web-client.config.js';

/** Injects the configuration. */
export const DEMO_CONFIG = Symbol('demo:config');

export interface DemoConfig {
  readonly port: number;
  readonly httpAdapter: 'express' | 'fastify';
  readonly databaseUrl: string | null;
  readonly issuer: string;
  readonly secrets: readonly string[];
  readonly trustProxy: readonly string[];
  readonly rateLimits: boolean;
  /** Opens the administration routes to this bearer token; null: no token does. */
  readonly adminToken: string | null;
  /** Addresses of the users who see the administration. With none, and without a token, there is no administration. */
  readonly administrators: readonly string[];
  readonly users: readonly SeedUser[];
  /** OAuth clients that exist from the start. */
  readonly clients: readonly SeedClient[];
  /** True: PKCE for every client; false: a client's `require_pkce` decides. */
  readonly oauth21: boolean;
  readonly dynamicRegistration: 'off' | 'authenticated' | 'open';
  /** External providers for sign-in and linking. */
  readonly providers: readonly ProviderOptions[];
  /** APIs that the demo calls with its own tokens. */
  readonly outbound: OutboundConfig;
  /** Lets outbound requests reach loopback and private addresses. */
  readonly allowPrivateNetwork: boolean;
  /** Whether what would be mailed is kept for everybody to read at `/mailbox`; without it, nothing is sent. */
  readonly mailbox: boolean;
  /** Passkeys belong to a name: without one in the issuer there are none. */
  readonly passkeys: boolean;
  /** Port of the web client, which signs users in with this demo; null: off. */
  readonly webClientPort: number | null;
  /** Folder of the embedded database and of the generated secret. */
  readonly dataFolder: string;
}

export const DEMO_USER = {
  email: 'demo@example.com',
  password: 'demo-password',
  name: 'Demo User',
  emailVerified: true,
} as const;

/** Sees the administration. */
export const ADMINISTRATOR = {
  email: 'admin@example.com',
  password: 'admin-password',
  name: 'Administrator',
  emailVerified: true,
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment. @throws Error that names the variable and what it should contain */
export function readConfig(env: Environment): DemoConfig {
  const port = readPort(env['PORT']);
  const dataFolder = '.data';
  const issuer = env['AUTH_ISSUER'] || `http://localhost:${port}`;
  const users: readonly SeedUser[] = env['AUTH_USERS_FILE']
    ? readUsers(env['AUTH_USERS_FILE'])
    : [DEMO_USER, ADMINISTRATOR];
  const webClientPort = readWebClientPort(env['AUTH_WEB_CLIENT_PORT'], port);
  return {
    port,
    httpAdapter: readAdapter(env['AUTH_HTTP_ADAPTER']),
    databaseUrl: env['DATABASE_URL'] || null,
    issuer,
    secrets: env['AUTH_SECRET'] ? list(env['AUTH_SECRET']) : [readOrMakeSecret(dataFolder)],
    trustProxy: list(env['AUTH_TRUST_PROXY']),
    rateLimits: readSwitch('AUTH_RATE_LIMITS', env['AUTH_RATE_LIMITS'], true),
    adminToken: env['AUTH_ADMIN_TOKEN'] || null,
    users,
    administrators: users
      .filter((user) => user === ADMINISTRATOR || user.claims?.['role'] === 'admin')
      .map(({ email }) => email),
    clients: env['AUTH_CLIENTS_FILE']
      ? readClients(env['AUTH_CLIENTS_FILE'])
      : builtInClients(issuer, webClientPort === null ? null : webClientOrigin(webClientPort)),
    oauth21: readFlag('AUTH_OAUTH21', env['AUTH_OAUTH21'], true),
    dynamicRegistration: readRegistration(env['AUTH_DYNAMIC_REGISTRATION']),
    providers: env['AUTH_PROVIDERS_FILE'] ? readProviders(env['AUTH_PROVIDERS_FILE']) : [],
    outbound: env['AUTH_OUTBOUND_FILE'] ? readOutbound(env['AUTH_OUTBOUND_FILE']) : NO_OUTBOUND,
    allowPrivateNetwork: readFlag('AUTH_ALLOW_PRIVATE_NETWORK', env['AUTH_ALLOW_PRIVATE_NETWORK']),
    // Whoever reads it can set passwords: not where users are somebody's.
    mailbox: readSwitch('AUTH_MAILBOX', env['AUTH_MAILBOX'], !env['AUTH_USERS_FILE']),
    passkeys: isNamed(issuer),
    webClientPort,
    dataFolder,
  };
}

/** Not an IP address. What is no URL at all, the library refuses. */
function isNamed(issuer: string): boolean {
  return URL.canParse(issuer) && isIP(new URL(issuer).hostname.replace(/^\[|\]$/g, '')) === 0;
}

function readPort(text: string | undefined): number {
  const port = Number(text || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`PORT: ${text} is not a port. Give 0 to 65535.`);
  return port;
}

function readAdapter(text: string | undefined): DemoConfig['httpAdapter'] {
  if (!text) return 'express';
  if (text === 'express' || text === 'fastify') return text;
  throw new Error(`AUTH_HTTP_ADAPTER: ${JSON.stringify(text)} is not express or fastify.`);
}

function readSwitch(name: string, text: string | undefined, fallback: boolean): boolean {
  if (!text) return fallback;
  if (text === 'on' || text === 'off') return text === 'on';
  throw new Error(`${name}: ${JSON.stringify(text)} is not on or off.`);
}

function readFlag(name: string, text: string | undefined, fallback = false): boolean {
  if (!text) return fallback;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new Error(`${name}: ${JSON.stringify(text)} is not true or false.`);
}

function readRegistration(text: string | undefined): DemoConfig['dynamicRegistration'] {
  if (!text) return 'authenticated';
  if (text === 'off' || text === 'authenticated' || text === 'open') return text;
  throw new Error(`AUTH_DYNAMIC_REGISTRATION: ${JSON.stringify(text)} is not off, authenticated or open.`);
}

function list(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** Generated once, so that sessions survive a restart of the demo. */
function readOrMakeSecret(folder: string): string {
  const file = join(folder, 'secret');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    try {
      writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      // Another node of the demo created it at the same moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return readFileSync(file, 'utf8').trim();
}

interface UserRecord extends Record<string, unknown> {
  email: string;
  password?: string;
  email_verified?: boolean;
  name?: string;
  picture?: string;
}

function readUsers(file: string): SeedUser[] {
  const records = JSON.parse(readFileSync(file, 'utf8')) as UserRecord[];
  if (!Array.isArray(records)) throw new Error(`AUTH_USERS_FILE: ${file} is not a JSON array.`);
  return records.map(({ email, password, email_verified, name, picture, ...claims }) => ({
    email,
    ...(password !== undefined && { password }),
    emailVerified: email_verified === true,
    name: name ?? email,
    image: picture ?? null,
    claims,
  }));
}
