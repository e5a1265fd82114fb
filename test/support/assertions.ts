import { SignJWT, type JWTPayload } from 'jose';
import { randomUUID } from 'node:crypto';
import { JWT_BEARER_GRANT } from '../../src/common/grants/grant.js';
import type { AssertionIssuerOptions, AuthOptions, StaticClientOptions } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from './app.js';
import {
  API,
  clientKey,
  createOAuthApp,
  OTHER_API,
  proof,
  submit,
  type ClientKey,
  type OAuthAppOptions,
} from './client-auth.js';
import type { Answer } from './http.js';
import { OutsideIssuer } from './outside-issuer.js';

export { JWT_BEARER_GRANT };
export const ID_JAG = 'oauth-id-jag+jwt';

const MEMBER = { grantTypes: [JWT_BEARER_GRANT], scopes: ['openid', 'email', 'offline_access', 'read', 'write'] };
/** A client that presents assertions, and one that may as well. */
export const AGENT: StaticClientOptions = {
  ...MEMBER,
  clientId: 'agent',
  clientSecret: 'secret of the agent, long enough',
};
export const OTHER_AGENT: StaticClientOptions = {
  ...MEMBER,
  clientId: 'other-agent',
  clientSecret: 'secret of the other agent, long',
};

export const seconds = () => Math.floor(Date.now() / 1000);

/** An issuer of assertions, with a key set that can be read. */
export class AssertionIssuer {
  readonly outside = new OutsideIssuer();
  key!: ClientKey;

  async start(alg = 'ES256'): Promise<this> {
    await this.outside.start();
    await this.rotate(alg, 'k1');
    return this;
  }

  get url(): string {
    return this.outside.url;
  }

  async rotate(alg: string, kid: string): Promise<void> {
    this.key = await clientKey(alg, kid);
    this.outside.keys = [this.key.jwk];
  }

  stop(): Promise<void> {
    return this.outside.stop();
  }

  /** RFC 7523 3; what is undefined is left out. */
  assertion(claims: Claims = {}, header: Claims = {}, key = this.key): Promise<string> {
    const now = seconds();
    const good = { iss: this.url, sub: 'ada', aud: TEST_ISSUER, iat: now, exp: now + 120, jti: randomUUID() };
    return signed({ ...good, ...claims }, { ...header }, key);
  }

  /** ID-JAG 3. */
  idJag(claims: Claims = {}, header: Claims = {}, key = this.key): Promise<string> {
    const said = { client_id: AGENT.clientId, resource: API, scope: 'read write', ...claims };
    return this.assertion(said, { typ: ID_JAG, ...header }, key);
  }
}

type Claims = Readonly<Record<string, unknown>>;

function signed(claims: Claims, header: Claims, { alg, jwk, privateKey }: ClientKey): Promise<string> {
  const protectedHeader = { alg, kid: jwk.kid!, ...header };
  return new SignJWT(claims as JWTPayload).setProtectedHeader(protectedHeader as never).sign(privateKey);
}

/** A host that trusts these issuers, with clients, two APIs and linked accounts. */
export function createAssertionHost(
  issuers: readonly AssertionIssuerOptions[],
  { auth, clients = [AGENT, OTHER_AGENT], provider, ...rest }: Partial<OAuthAppOptions> = {},
): Promise<TestApp> {
  const { jwtBearer, ...others } = (auth ?? {}) as Partial<AuthOptions>;
  return createOAuthApp({
    ...rest,
    clients,
    provider: { scopes: ['openid', 'email', 'offline_access', 'read', 'write', 'admin'], ...provider },
    auth: {
      allowPrivateNetwork: true,
      accountLinking: {},
      resources: [
        { resource: API, scopes: ['read', 'write'] },
        { resource: OTHER_API, accessTokenFormat: 'jwt' },
      ],
      jwtBearer: { ...(typeof jwtBearer === 'object' && jwtBearer), issuers },
      ...others,
    },
  });
}

/** Links an account there to a user, as a sign-in by it would have. */
export async function linkAccount(host: TestApp, subject: string, issuer: string, accountId = 'ada'): Promise<void> {
  await host.sql(
    `INSERT INTO auth_linked_account (id, subject, provider_id, issuer, account_id) VALUES (gen_random_uuid(), $1, 'idp', $2, $3)`,
    [subject, issuer, accountId],
  );
}

/** Presents an assertion. */
export function present(
  host: Pick<TestApp, 'url'>,
  assertion: string,
  fields: Record<string, string> | [string, string][] = {},
  client: StaticClientOptions = AGENT,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const more = Array.isArray(fields) ? fields : Object.entries(fields);
  const form: [string, string][] = [['grant_type', JWT_BEARER_GRANT], ['assertion', assertion], ...more];
  return submit(host, 'oauth2/token', form, { ...proof(client), ...headers });
}

export const outcome = ({ status, body }: Answer): string => `${status} ${body?.error ?? body?.scope ?? ''}`.trim();
