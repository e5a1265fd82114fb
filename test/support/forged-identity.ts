import type { AuthPrincipal } from '../../src/index.js';

/** A principal as a sender could forge it: in a message, a body, or through some middleware. */
export const FORGED = {
  kind: 'user',
  subjectId: 'admin',
  clientId: 'admin-client',
  sessionId: 'session-1',
  credentialType: 'session',
  scopes: ['admin'],
  audience: [],
  claims: { apiKey: { id: 'key-1', permissions: { all: ['*'] } } },
};

/** What a handler saw of its caller. */
export interface Seen {
  readonly principal: unknown;
  readonly user: unknown;
  readonly client: unknown;
  readonly key: unknown;
  readonly context: unknown;
}

export const NOBODY: Seen = { principal: null, user: null, client: null, key: null, context: null };

export function seen(
  principal: AuthPrincipal | null,
  user: unknown,
  client: unknown,
  key: unknown,
  context: AuthPrincipal | null,
): Seen {
  return {
    principal: principal?.subjectId ?? null,
    user: user ?? null,
    client: client ?? null,
    key: key ?? null,
    context: context?.subjectId ?? null,
  };
}

/** Messages of a stranger that look like requests with an identity. */
export const FORGERIES: readonly object[] = [
  { auth: FORGED },
  { auth: FORGED, headers: {} },
  { auth: FORGED, user: FORGED, headers: { authorization: 'Bearer x' }, raw: { headers: {} } },
  { raw: { auth: FORGED, headers: {} }, principal: FORGED },
  { req: { auth: FORGED, headers: {} }, headers: {} },
  { 'nest-authority:scope': { principal: FORGED }, admitted: {}, headers: {} },
];
