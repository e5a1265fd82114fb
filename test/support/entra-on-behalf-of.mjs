// What Entra ID answers to its On-Behalf-Of requests, as its documents have it. The server around it has proved the client. A token with `ask` in its
// claims gets the error of that name.
import { createHash } from 'node:crypto';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const POLICY = '9ab03e19-ed42-4168-b6b7-7001fb3e933a';
const CLAIMS = JSON.stringify({ access_token: { polids: { essential: true, values: [POLICY] } } });

const ERRORS = {
  mfa: { error: 'interaction_required', number: 50079, more: { claims: CLAIMS } },
  policy: { error: 'invalid_grant', number: 50076, more: { suberror: 'basic_action', claims: CLAIMS } },
  consent: { error: 'invalid_grant', number: 65001, more: { suberror: 'consent_required' } },
  disabled: { error: 'invalid_grant', number: 50057, more: {} },
  audience: { error: 'invalid_grant', number: 500131, more: {} },
  use: { error: 'invalid_request', number: 900144, more: {} },
};

export async function answerOnBehalfOf(context) {
  const { assertion = '', requested_token_use: use, scope } = context.oidc.params;
  const claims = JSON.parse(Buffer.from(assertion.split('.')[1] ?? 'e30', 'base64url').toString());
  const asked = use === 'on_behalf_of' ? claims.ask : 'use';
  // An application redeems only what was issued to it.
  const fault = ERRORS[claims.aud === `api://${context.oidc.client.clientId}` ? asked : (asked ?? 'audience')];
  context.status = fault ? 400 : 200;
  context.body = fault ? refusal(fault, assertion) : grant(assertion, scope);
}

function refusal({ error, number, more }, assertion) {
  const trace = { timestamp: '2026-05-01 22:43:20Z', trace_id: 'a-trace', correlation_id: 'a-correlation' };
  return { error, error_description: `AADSTS${number}: of ${assertion}`, error_codes: [number], ...trace, ...more };
}

function grant(assertion, scope) {
  const accessToken = `graph-${createHash('sha256').update(assertion).digest('hex')}`;
  return { token_type: 'Bearer', scope, expires_in: 3269, ext_expires_in: 3269, access_token: accessToken };
}
