import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import * as oidc from 'openid-client';

const { SERVER = 'http://localhost:3000', PORT = '3001' } = process.env;
const REDIRECT = `http://localhost:${PORT}/callback`;
const jwk = JSON.parse(readFileSync('.data/partner-private.json', 'utf8'));
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const key = { kid: jwk.kid, key: await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign']) };

const config = await oidc.discovery(
  new URL(SERVER),
  'partner',
  { id_token_signed_response_alg: 'ES256', authorization_signed_response_alg: 'ES256' },
  oidc.PrivateKeyJwt(key),
  { execute: [oidc.allowInsecureRequests] }, // leave it out with https
);
const isSigned = config.serverMetadata().require_signed_request_object === true; // fapi2-message-signing
if (isSigned) oidc.useJwtResponseMode(config); // JARM
const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
const begun = new Map<string, oidc.AuthorizationCodeGrantChecks>();

/** Pushes the request. @returns where the browser goes, and what names this sign-in in its cookie */
async function begin(): Promise<{ url: URL; state: string }> {
  const [pkceCodeVerifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  begun.set(state, { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  const code_challenge = await oidc.calculatePKCECodeChallenge(pkceCodeVerifier);
  const pkce = { code_challenge, code_challenge_method: 'S256' };
  const plain = { redirect_uri: REDIRECT, scope: 'openid reports:read', state, nonce, ...pkce };
  const request = isSigned ? (await oidc.buildAuthorizationUrlWithJAR(config, plain, key)).searchParams : plain; // JAR
  return { url: await oidc.buildAuthorizationUrlWithPAR(config, request, { DPoP }), state };
}

/** The code for tokens, and with them to the API. */
async function end(url: URL, state: string): Promise<string> {
  const checks = begun.get(state);
  begun.delete(state);
  const tokens = await oidc.authorizationCodeGrant(config, url, checks, undefined, { DPoP });
  const api = new URL('/reports', SERVER);
  const answer = await oidc.fetchProtectedResource(config, tokens.access_token, api, 'GET', null, undefined, { DPoP });
  return answer.text();
}

createServer(async ({ url: path, headers }, response) => {
  try {
    const url = new URL(path!, REDIRECT);
    if (url.pathname === '/callback') {
      response.end(await end(url, /(?:^|; )state=([^;]*)/.exec(headers.cookie ?? '')?.[1] ?? ''));
    } else {
      const { url: location, state } = await begin();
      response.setHeader('Set-Cookie', `state=${state}; HttpOnly; SameSite=Lax; Path=/`);
      response.writeHead(302, { location: location.href }).end();
    }
  } catch (error) {
    response.writeHead(400).end(String(error));
  }
}).listen(PORT, () => console.log(`Open http://localhost:${PORT}`));
