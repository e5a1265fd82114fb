import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { issuersOfKeys, RemoteKeySet } from '../keys/remote-key-set.js';
import { fetchJson, UnexpectedStatus } from '../outbound/fetch-json.js';
import type { GuardedFetch } from '../outbound/guarded-fetch.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

const LIMITS = { timeoutMilliseconds: 5_000, maxBytes: 256 * 1_024 };
const MAX_AGE_MILLISECONDS = 10 * 60_000;
const MAX_STALE_MILLISECONDS = 60 * 60_000;
const COOLDOWN_MILLISECONDS = 30_000;

/** The keys of an outside issuer. */
export interface IssuerKeySet {
  readonly keyOf: JWTVerifyGetKey;
  /** Each `issuer` that the keys which a header may mean name themselves, as keys of Microsoft Entra ID do. */
  issuersOf(kid: string | undefined): readonly string[];
}

/** Each request may take 5 seconds and return 256 KiB. */
export function issuerKeySet(settings: TrustedIssuerSettings, outbound: GuardedFetch): IssuerKeySet {
  const { issuer, jwksUri, jwks } = settings;
  if (jwks)
    return {
      keyOf: createLocalJWKSet(jwks as JSONWebKeySet),
      issuersOf: (kid) => issuersOfKeys(jwks.keys, kid),
    };
  return new RemoteKeySet({
    owner: issuer,
    fetch: async () => fetchJson(outbound, jwksUri ?? (await discover(settings, outbound)), LIMITS),
    maxAgeMilliseconds: MAX_AGE_MILLISECONDS,
    maxStaleMilliseconds: MAX_STALE_MILLISECONDS,
    cooldownMilliseconds: COOLDOWN_MILLISECONDS,
  });
}

/** The key set that the discovery document names. The second address is asked only when there is nothing at the first. */
async function discover(settings: TrustedIssuerSettings, outbound: GuardedFetch): Promise<string> {
  const [first, second] = discoveryAddresses(settings);
  try {
    return await keySetIn(first, settings.issuer, outbound);
  } catch (error) {
    if (!(error instanceof UnexpectedStatus) || error.status !== 404 || second === undefined) throw error;
    return keySetIn(second, settings.issuer, outbound);
  }
}

/** OpenID Connect Discovery 4.3, RFC 8414 3.3: the document must name the issuer that was asked for. */
async function keySetIn(address: string, issuer: string, outbound: GuardedFetch): Promise<string> {
  const document = await fetchJson(outbound, address, LIMITS);
  if (document['issuer'] !== issuer) throw new Error(`${address} names another issuer`);
  if (typeof document['jwks_uri'] !== 'string') throw new Error(`${address} does not name a jwks_uri`);
  return document['jwks_uri'];
}

/** Where OpenID Connect Discovery 4 has the document, and where RFC 8414 3.1 has it. The first is what an API document names. */
export function discoveryAddresses({
  issuer,
  discoveryUri,
}: Pick<TrustedIssuerSettings, 'issuer' | 'discoveryUri'>): readonly [string, string?] {
  if (discoveryUri !== null) return [discoveryUri];
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
}
