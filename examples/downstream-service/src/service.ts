import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { issuer, serviceUrl } from './addresses.js';

const SCOPE = 'reports:read';
/** Codes of jose for a key set that cannot be had: no fault of the token. */
const NO_KEYS = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];
/** Fetched when the first token comes, and again for a key that is not in it. */
const keys = createRemoteJWKSet(new URL(`${issuer}/api/auth/jwks`));

/** A service without Nest and without a database: it knows the issuer's address, and its own. */
export function startService(): void {
  createServer((request, response) => {
    answer(request, response).catch(() => send(response, 503, { error: 'temporarily_unavailable' }));
  }).listen(new URL(serviceUrl).port);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return refuse(response, 401);
  const claims = await verify(token);
  if (claims === null) return refuse(response, 401, 'invalid_token');
  if (!scopesOf(claims).includes(SCOPE)) return refuse(response, 403, 'insufficient_scope');
  send(response, 200, { reports: [], for: claims.sub });
}

/** The claims of a token that the issuer has made for this service; null for any other (RFC 9068 4). */
async function verify(token: string): Promise<JWTPayload | null> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: serviceUrl,
      typ: 'at+jwt', // no ID token
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'sub', 'client_id'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError && !NO_KEYS.includes(error.code)) return null;
    throw error;
  }
}

function scopesOf({ scope }: JWTPayload): string[] {
  return typeof scope === 'string' ? scope.split(' ') : [];
}

/** RFC 6750 3: no error code where no token came. */
function refuse(response: ServerResponse, status: 401 | 403, error?: 'invalid_token' | 'insufficient_scope'): void {
  const parts = [
    `realm="${serviceUrl}"`,
    ...(error ? [`error="${error}"`] : []),
    ...(status === 403 ? [`scope="${SCOPE}"`] : []),
  ];
  response.setHeader('WWW-Authenticate', `Bearer ${parts.join(', ')}`);
  send(response, status, { error: error ?? 'unauthorized' });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
