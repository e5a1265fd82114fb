import { RemoteKeySet } from '../../common/keys/remote-key-set.js';
import { fetchJson } from '../../common/outbound/fetch-json.js';
import type { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import type { TrustedIssuerSettings } from './trusted-issuer.options.js';

const LIMITS = { timeoutMilliseconds: 5_000, maxBytes: 256 * 1_024 };
const MAX_AGE_MILLISECONDS = 10 * 60_000;
const MAX_STALE_MILLISECONDS = 60 * 60_000;
const COOLDOWN_MILLISECONDS = 30_000;

/** The key set of an outside issuer. Each request may take 5 seconds and return 256 KiB. */
export function issuerKeySet({ issuer, jwksUri }: TrustedIssuerSettings, outbound: GuardedFetch): RemoteKeySet {
  return new RemoteKeySet({
    owner: issuer,
    fetch: async () => fetchJson(outbound, jwksUri ?? (await discover(issuer, outbound)), LIMITS),
    maxAgeMilliseconds: MAX_AGE_MILLISECONDS,
    maxStaleMilliseconds: MAX_STALE_MILLISECONDS,
    cooldownMilliseconds: COOLDOWN_MILLISECONDS,
  });
}

/** OpenID Connect Discovery 4.3: the document must name the issuer that was asked for. */
async function discover(issuer: string, outbound: GuardedFetch): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = await fetchJson(outbound, address, LIMITS);
  if (document['issuer'] !== issuer) throw new Error(`${address} names another issuer`);
  if (typeof document['jwks_uri'] !== 'string') throw new Error(`${address} does not name a jwks_uri`);
  return document['jwks_uri'];
}
