import { CredentialCache, type VerifiedCredential } from '../common/cache/credential-cache.js';
import { sha256 } from '../common/crypto.js';
import { AuthError } from '../common/errors/auth-error.js';
import { claimedIssuer } from '../common/issuers/claimed-issuer.js';
import { OutsideTokens } from '../common/issuers/outside-tokens.js';
import type { VerifierContext } from '../common/issuers/trusted-issuer.js';
import type { TrustedIssuerSettings } from '../common/issuers/trusted-issuer.options.js';
import { looksLikeJwt } from '../common/keys/jwt.codec.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import type { BearerTokenReader } from '../common/tokens/bearer-token-reader.js';
import { TokenIntrospection } from './introspection/token-introspection.js';
import { resolvedPrincipal } from './principal-resolver.js';
import type { ResourceServerSettings } from './resource-server.options.js';
import type { VerifiedClaims } from './verified-claims.js';

/**
 * All tokens of a resource server: JWTs of its issuers, and opaque ones that an issuer is asked about. Verified once, then in memory under
 * their digests until they expire or `cacheTtl` is over.
 */
export class ResourceTokenReader implements BearerTokenReader {
  readonly credentialType = 'external_jwt';
  private readonly outside: OutsideTokens;
  private readonly asked: ReadonlyMap<TrustedIssuerSettings, TokenIntrospection>;
  private readonly opaque: TokenIntrospection | undefined;

  constructor(
    private readonly settings: ResourceServerSettings,
    private readonly cache: CredentialCache,
    private readonly context: VerifierContext,
  ) {
    const { issuers } = settings;
    this.outside = new OutsideTokens(issuers, context);
    this.asked = new Map(
      issuers.flatMap((one) =>
        one.introspection ? [[one, new TokenIntrospection(one, one.introspection, context)]] : [],
      ),
    );
    this.opaque = [...this.asked.values()].find(({ settings: { tokens } }) => tokens !== 'jwt');
  }

  matches(): boolean {
    return true;
  }

  recall(token: string): AuthPrincipal | undefined {
    return this.cache.get(sha256(token))?.principal;
  }

  async read(token: string): Promise<AuthPrincipal | null> {
    return (await this.cache.getOrLoad(sha256(token), () => this.load(token)))?.principal ?? null;
  }

  private async load(token: string): Promise<VerifiedCredential> {
    const verified = await this.verified(token);
    const principal = await resolvedPrincipal(verified, this.settings.resolvePrincipal);
    const end = principal.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    const remainingMilliseconds = end - this.context.clock.now().getTime();
    return { principal, tags: [], remainingMilliseconds, maxCacheMilliseconds: verified.maxCacheSeconds * 1000 };
  }

  private async verified(token: string): Promise<VerifiedClaims> {
    const iss = looksLikeJwt(token) ? claimedIssuer(token) : undefined;
    if (iss === undefined) return this.ofOpaque(token);
    const issuer = this.outside.find(iss);
    // Not shown to the endpoint that is asked about opaque tokens: it is somebody else's.
    if (!issuer) throw AuthError.invalidToken('JWT: no issuer of this server has its iss');
    const { settings } = issuer;
    const asked = this.asked.get(settings);
    if (asked && asked.settings.tokens !== 'opaque') return asked.verify(token);
    const claims = await issuer.verify(token, iss);
    return { claims, issuer: settings, type: 'external_jwt', maxCacheSeconds: this.settings.cacheTtlSeconds };
  }

  private ofOpaque(token: string): Promise<VerifiedClaims> {
    if (!this.opaque) throw AuthError.invalidToken('no JWT, and no issuer is asked about other tokens');
    return this.opaque.verify(token);
  }
}
