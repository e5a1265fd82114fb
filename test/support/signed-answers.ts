import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose';
import { TEST_ISSUER, type TestApp } from './app.js';
import { send } from './http.js';

export interface OpenedAnswer {
  readonly header: Record<string, unknown>;
  readonly claims: JWTPayload;
}

/** Verifies a JWT with the key set that the host publishes, as a client does, and gives what it says. */
export async function opened(host: Pick<TestApp, 'url'>, jwt: string, audience: string): Promise<OpenedAnswer> {
  const { body } = await send(`${host.url}/api/auth/oauth2/jwks`);
  const keys = createLocalJWKSet(body as JSONWebKeySet);
  const { payload } = await jwtVerify(jwt, keys, { issuer: TEST_ISSUER, audience });
  return { header: { ...decodeProtectedHeader(jwt) }, claims: payload };
}
