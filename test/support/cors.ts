import type { INestApplication } from '@nestjs/common';
import type { TestAppOptions } from './app.js';
import { TEST_CLIENTS } from './client-tokens.js';
import { send, type Answer } from './http.js';

export const TRUSTED = 'https://app.example';
export const LISTED = 'https://listed.example';
export const OF_CLIENT = 'https://spa.example';
export const OF_CONFIDENTIAL = 'https://web.example';
export const STRANGER = 'https://evil.example';
export const OF_HOST = 'https://shop.example';

export const CORS_AUTH = {
  trustedOrigins: [TRUSTED],
  jwt: { jwksEndpoint: '/keys.json' },
  oauthProvider: { clients: TEST_CLIENTS, corsOrigins: [LISTED] },
} satisfies TestAppOptions['auth'];

/** Hosts without CORS of their own, and with every kind of it. */
export const HOSTS: readonly [string, (app: INestApplication) => void][] = [
  ['no CORS of the host', () => undefined],
  ['another fixed origin of the host', (app) => app.enableCors({ origin: OF_HOST, credentials: true })],
  ['any origin of the host', (app) => app.enableCors()],
  ['a host that reflects every origin, with credentials', (app) => app.enableCors({ origin: true, credentials: true })],
];

export const DOCUMENTS = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/api/auth/.well-known/openid-configuration',
  '/api/auth/jwks',
  '/api/auth/oauth2/jwks',
  '/keys.json',
];
export const CLIENT_ROUTES = ['token', 'par', 'revoke', 'userinfo'].flatMap((name) => [
  `/api/auth/oauth2/${name}`,
  `/api/auth/oauth/${name}`,
]);

export const preflight = (url: string, origin: string, method = 'POST'): Promise<Answer> =>
  send(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    },
  });

/** The CORS headers that a browser reads. */
export const corsOf = ({ headers }: Answer) => ({
  origin: headers.get('access-control-allow-origin'),
  credentials: headers.get('access-control-allow-credentials'),
});

export const namesIn = (answer: Answer, header: string): string[] =>
  (answer.headers.get(header) ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
