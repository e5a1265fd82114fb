import type { TestApp } from './app.js';
import { ApiKeysService } from '../../src/index.js';
import type { SignedInUser } from './users.js';

/** What the cases present; made once for each host. */
export interface MatrixWorld {
  readonly user: SignedInUser;
  /** Of the same user, with the scope `reports:read`. */
  readonly key: string;
  readonly disabledKey: string;
}

/** The handlers of the matrix; each transport declares them all, with the decorators of this table. */
export const MATRIX_HANDLERS = {
  public: '@Public()',
  optional: '@OptionalAuth() @BearerAuth()',
  bearer: '@BearerAuth()',
  key: '@ApiKeyAuth()',
  either: '@ApiKeyAuth() @BearerAuth()',
  session: '@SessionAuth()',
  default: '@Auth()',
  cookie: "@Auth('session')",
  scopes: "@BearerAuth() @ApiKeyAuth() @Scopes('reports:read')",
  lacking: "@BearerAuth() @ApiKeyAuth() @Scopes('reports:read', 'reports:write')",
  anyScope: "@BearerAuth() @AnyScope('reports:write', 'reports:read')",
  anyLacking: "@BearerAuth() @AnyScope('a:x', 'b:x')",
  audience: "@BearerAuth({ audience: 'https://elsewhere.example' })",
  unknown: "@Auth('nobodyRegisteredThis')",
} as const;

export type MatrixHandler = keyof typeof MATRIX_HANDLERS;

export interface MatrixCase {
  readonly name: string;
  readonly handler: MatrixHandler;
  /** Header fields, in lower case, as the transport carries them. */
  readonly headers: (world: MatrixWorld) => Readonly<Record<string, string>>;
  /** Whom the handler sees: `user`, `nobody`; or the status with which it is refused. */
  readonly expected: 'user' | 'nobody' | 400 | 401 | 403;
}

const bearer = (token: (world: MatrixWorld) => string) => (world: MatrixWorld) => ({
  authorization: `Bearer ${token(world)}`,
});
const access = bearer(({ user }) => user.accessToken);
const session = bearer(({ user }) => user.token);
const key = ({ key: value }: MatrixWorld) => ({ 'x-api-key': value });
const keyAsBearer = bearer(({ key: value }) => value);
const cookie = ({ user }: MatrixWorld) => ({ cookie: user.cookie });
const none = () => ({});
const garbage = bearer(() => 'garbage');
const refresh = bearer(({ user }) => user.refreshToken);
const malformed = () => ({ authorization: 'Bearer a b' });
const basic = () => ({ authorization: 'Basic YTpi' });
const both = (world: MatrixWorld) => ({ ...access(world), ...key(world) });
const disabled = ({ disabledKey }: MatrixWorld) => ({ 'x-api-key': disabledKey });

const rows: readonly (readonly [string, MatrixHandler, MatrixCase['headers'], MatrixCase['expected']])[] = [
  ['an access token', 'bearer', access, 'user'],
  ['a session token', 'bearer', session, 'user'],
  ['no credential', 'bearer', none, 401],
  ['garbage', 'bearer', garbage, 401],
  ['a refresh token (T041)', 'bearer', refresh, 401],
  ['a malformed header (RFC 6750 3.1)', 'bearer', malformed, 400],
  ['another scheme', 'bearer', basic, 401],
  ['two credentials (RFC 6750 2)', 'bearer', both, 400],
  ['an API key where none is taken', 'bearer', key, 401],
  ['a cookie where none is taken', 'bearer', cookie, 401],
  ['an API key', 'key', key, 'user'],
  ['an API key as bearer', 'key', keyAsBearer, 'user'],
  ['a disabled API key', 'key', disabled, 401],
  ['an access token where only keys are taken', 'key', access, 401],
  ['no credential', 'key', none, 401],
  ['an API key', 'either', key, 'user'],
  ['an access token', 'either', access, 'user'],
  ['both', 'either', both, 400],
  ['no credential', 'either', none, 401],
  ['a session token', 'session', session, 'user'],
  ['a cookie', 'session', cookie, 'user'],
  ['an API key (never a person)', 'session', key, 401],
  ['no credential', 'session', none, 401],
  ['an API key', 'default', key, 'user'],
  ['an access token', 'default', access, 'user'],
  ['a cookie', 'default', cookie, 401],
  ['a cookie', 'cookie', cookie, 'user'],
  ['a bad cookie', 'cookie', () => ({ cookie: 'better-auth.session_token=bad.bad' }), 401],
  ['a token with the scope', 'scopes', access, 'user'],
  ['a key with the scope', 'scopes', key, 'user'],
  ['a token without one of them', 'lacking', access, 403],
  ['a key without one of them', 'lacking', key, 403],
  ['a token with one of them', 'anyScope', access, 'user'],
  ['a token with none of them', 'anyLacking', access, 403],
  ['a token for others (RFC 9068 4)', 'audience', access, 401],
  ['a good token where no scheme is registered', 'unknown', access, 401],
  ['no credential', 'optional', none, 'nobody'],
  ['a good token', 'optional', access, 'user'],
  ['a bad token', 'optional', garbage, 401],
  ['a good token', 'public', access, 'nobody'],
  ['a bad token', 'public', garbage, 'nobody'],
];

/** Every case of the credential matrix of HTTP; each transport shows all of them. */
export const CREDENTIAL_MATRIX: readonly MatrixCase[] = rows.map(([credential, handler, headers, expected]) => ({
  name: `${handler}: ${credential} → ${expected}`,
  handler,
  headers,
  expected,
}));

/** The sessions of the host need the scope `reports:read`, and its capabilities `apiKeys`. */
export async function matrixWorld(host: TestApp, user: SignedInUser): Promise<MatrixWorld> {
  const keys = host.app.get(ApiKeysService, { strict: false });
  const owner = { kind: 'user', id: user.id } as const;
  const live = await keys.create({ owner, name: 'live', scopes: ['reports:read'] });
  const dead = await keys.create({ owner, name: 'dead' });
  await keys.update(dead.id, { enabled: false });
  return { user, key: live.key, disabledKey: dead.key };
}
