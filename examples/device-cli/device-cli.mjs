#!/usr/bin/env node
// A command line that signs its user in with a browser on another device (RFC 8628). Plain Node, nothing to install.
//
//   node device-cli.mjs [--issuer http://localhost:3000] [--client-id demo-tv] [--scope 'openid profile email']

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628 3.5: what `slow_down` adds to the interval. */
const SLOW_DOWN_SECONDS = 5;
/** RFC 8628 3.2: where the server names no interval. */
const DEFAULT_INTERVAL_SECONDS = 5;
const EXIT = { signedIn: 0, failed: 1, denied: 2, expired: 3 };

const { values: options } = parseArgs({
  options: {
    issuer: { type: 'string', default: 'http://localhost:3000' },
    'client-id': { type: 'string', default: 'demo-tv' },
    scope: { type: 'string', default: 'openid profile email' },
  },
});

try {
  process.exitCode = await signIn();
} catch (error) {
  console.error(error.message);
  process.exitCode = EXIT.failed;
}

async function signIn() {
  const server = await discover(options.issuer);
  const codes = await askForCodes(server);
  console.log(`Open ${codes.verification_uri} and enter the code ${codes.user_code}`);
  console.log(`or open ${codes.verification_uri_complete} and compare the code`);
  const { tokens, error } = await waitForTokens(server, codes);
  if (error === 'access_denied') {
    console.error('You have denied it.');
    return EXIT.denied;
  }
  if (error === 'expired_token') {
    console.error('The code has expired. Start again.');
    return EXIT.expired;
  }
  const user = await whoIs(server, tokens.access_token);
  console.log(`Signed in as ${user.name ?? user.sub}${user.email ? ` <${user.email}>` : ''}`);
  return EXIT.signedIn;
}

/** RFC 8414 3: the server says where its endpoints are. */
async function discover(issuer) {
  const { origin, pathname } = new URL(issuer);
  const path = pathname === '/' ? '' : pathname;
  const response = await fetch(`${origin}/.well-known/oauth-authorization-server${path}`);
  if (!response.ok) throw new Error(`${issuer} has no metadata: ${response.status}`);
  const server = await response.json();
  if (server.issuer !== issuer) throw new Error(`${issuer} says that it is ${server.issuer}`);
  if (!server.device_authorization_endpoint) throw new Error(`${issuer} does not offer the device flow`);
  return server;
}

async function askForCodes(server) {
  const { status, body } = await post(server.device_authorization_endpoint, { scope: options.scope });
  if (status !== 200) throw new Error(`no code: ${body.error}: ${body.error_description}`);
  return body;
}

/** Polls, no faster than the server wants it. */
async function waitForTokens(server, codes) {
  let interval = codes.interval ?? DEFAULT_INTERVAL_SECONDS;
  const end = performance.now() + codes.expires_in * 1000;
  for (;;) {
    await sleep(interval * 1000);
    // Nobody may be there to say so.
    if (performance.now() > end) return { error: 'expired_token' };
    const { status, body } = await post(server.token_endpoint, {
      grant_type: DEVICE_CODE_GRANT,
      device_code: codes.device_code,
    });
    if (status === 200) return { tokens: body };
    if (body.error === 'slow_down') interval += SLOW_DOWN_SECONDS;
    else if (body.error === 'access_denied' || body.error === 'expired_token') return { error: body.error };
    // The server is away for a moment, and the code is still good: it is asked less and less often (RFC 8628 3.5).
    else if (status >= 500) interval *= 2;
    else if (body.error !== 'authorization_pending')
      throw new Error(`no token: ${body.error}: ${body.error_description}`);
  }
}

async function whoIs(server, accessToken) {
  const response = await fetch(server.userinfo_endpoint, { headers: { authorization: `Bearer ${accessToken}` } });
  if (!response.ok) throw new Error(`no user: ${response.status}`);
  return response.json();
}

/** A server that cannot be reached is as one that says 503. */
async function post(url, fields) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', 'user-agent': 'device-cli' },
    body: new URLSearchParams({ client_id: options['client-id'], ...fields }),
  }).catch(() => null);
  if (!response) return { status: 503, body: { error: 'unreachable', error_description: `${url} does not answer` } };
  return { status: response.status, body: await response.json().catch(() => ({})) };
}
