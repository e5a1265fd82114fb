import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../demo/config.js';

const SECRET = 'a secret for the demo that is long enough 0123456789';

describe('the environment of the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nest-authority-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it('has the defaults of the documentation', () => {
    expect(readConfig({ AUTH_SECRET: SECRET })).toMatchObject({
      port: 3000,
      httpAdapter: 'express',
      databaseUrl: null,
      issuer: 'http://localhost:3000',
      trustProxy: [],
      rateLimits: true,
      adminToken: null,
      users: [
        { email: 'demo@example.com', emailVerified: true },
        { email: 'admin@example.com', emailVerified: true },
      ],
      administrators: ['admin@example.com'],
      outbound: { options: {} },
      clients: [
        { client_id: 'demo-app' },
        { client_id: 'demo-web' },
        { client_id: 'demo-tv' },
        { client_id: 'demo-service' },
      ],
      oauth21: true,
      dynamicRegistration: 'authenticated',
      allowPrivateNetwork: false,
      mailbox: true,
      webClientPort: 3100,
    });
  });

  it('reads every variable', () => {
    const users = [
      {
        email: 'a@example.com',
        password: 'pw',
        email_verified: true,
        name: 'A',
        picture: 'https://x.test/a',
        locale: 'en',
      },
    ];
    const config = readConfig({
      PORT: '4000',
      AUTH_HTTP_ADAPTER: 'fastify',
      DATABASE_URL: 'postgres://db/x',
      AUTH_ISSUER: 'https://auth.example.com',
      AUTH_SECRET: `${SECRET}, ${SECRET}2`,
      AUTH_TRUST_PROXY: 'loopback, 10.0.0.0/8',
      AUTH_RATE_LIMITS: 'off',
      AUTH_ADMIN_TOKEN: 'let me in',
      AUTH_USERS_FILE: file('users.json', users),
      AUTH_OUTBOUND_FILE: file('outbound.json', { applications: { crm: { scope: ['a'], url: 'https://crm.test/' } } }),
      AUTH_CLIENTS_FILE: file('clients.json', [{ client_id: 'mine', client_secret: 's' }]),
      AUTH_OAUTH21: 'false',
      AUTH_DYNAMIC_REGISTRATION: 'open',
      AUTH_ALLOW_PRIVATE_NETWORK: 'true',
      AUTH_WEB_CLIENT_PORT: '4001',
    });
    expect(config).toMatchObject({
      port: 4000,
      httpAdapter: 'fastify',
      databaseUrl: 'postgres://db/x',
      issuer: 'https://auth.example.com',
      secrets: [SECRET, `${SECRET}2`],
      trustProxy: ['loopback', '10.0.0.0/8'],
      rateLimits: false,
      adminToken: 'let me in',
      outbound: {
        options: { applications: { crm: { scope: ['a'] } } },
        downstream: new Map([['crm', 'https://crm.test/']]),
      },
      clients: [{ client_id: 'mine', client_secret: 's' }],
      oauth21: false,
      dynamicRegistration: 'open',
      allowPrivateNetwork: true,
      webClientPort: 4001,
      users: [
        {
          email: 'a@example.com',
          password: 'pw',
          emailVerified: true,
          name: 'A',
          image: 'https://x.test/a',
          claims: { locale: 'en' },
        },
      ],
    });
  });

  it.each([
    ['http://localhost:3000', true],
    ['https://auth.example.com', true],
    ['http://127.0.0.1:3000', false],
    ['http://[::1]:3000', false],
    ['no address', false],
  ])('has passkeys only where the issuer has a name: %s', (issuer, passkeys) => {
    expect(readConfig({ AUTH_SECRET: SECRET, AUTH_ISSUER: issuer }).passkeys).toBe(passkeys);
  });

  it.each([{ AUTH_WEB_CLIENT_PORT: 'off' }, { PORT: '0' }, { PORT: '65500' }])('has no web client with %j', (env) => {
    expect(readConfig({ AUTH_SECRET: SECRET, ...env }).webClientPort).toBeNull();
  });

  it.each([
    ['PORT', { PORT: 'eighty' }],
    ['AUTH_WEB_CLIENT_PORT', { AUTH_WEB_CLIENT_PORT: 'on' }],
    ['PORT', { PORT: '70000' }],
    ['AUTH_HTTP_ADAPTER', { AUTH_HTTP_ADAPTER: 'koa' }],
    ['AUTH_RATE_LIMITS', { AUTH_RATE_LIMITS: 'maybe' }],
    ['AUTH_ALLOW_PRIVATE_NETWORK', { AUTH_ALLOW_PRIVATE_NETWORK: 'on' }],
    ['AUTH_OUTBOUND_FILE', { AUTH_OUTBOUND_FILE: file('array.json', []) }],
    ['AUTH_OAUTH21', { AUTH_OAUTH21: 'yes' }],
    ['AUTH_DYNAMIC_REGISTRATION', { AUTH_DYNAMIC_REGISTRATION: 'on' }],
    ['AUTH_CLIENTS_FILE', { AUTH_CLIENTS_FILE: file('no-array.json', {}) }],
    ['AUTH_CLIENTS_FILE', { AUTH_CLIENTS_FILE: file('no-id.json', [{ redirect_uris: [] }]) }],
    ['AUTH_USERS_FILE', { AUTH_USERS_FILE: file('object.json', {}) }],
  ])('a wrong %s is named', (name, env) => {
    expect(() => readConfig({ AUTH_SECRET: SECRET, ...env })).toThrow(new RegExp(`^${name}:`));
  });
});
