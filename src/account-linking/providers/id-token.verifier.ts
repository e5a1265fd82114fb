import { createRemoteJWKSet, customFetch, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Configuration } from 'openid-client';
import { providerFetch, type ConfigurationOptions } from './provider-fetch.js';
import { digestToBytes, sha256 } from '../../common/crypto.js';
import { ProviderFault } from './provider-fault.js';
import type { ProviderClaims, ProviderSettings } from './provider.options.js';

const CLOCK_TOLERANCE_SECONDS = 30;
/** Only the provider's own keys: with HS256 anyone who knows our client secret could sign. */
const SIGNATURES = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/** Checks ID tokens that did not come from the token endpoint (OIDC Core 3.1.3.7). */
export class IdTokenVerifier {
  private readonly keys = new WeakMap<Configuration, JWTVerifyGetKey>();

  constructor(
    private readonly settings: ProviderSettings,
    private readonly options: ConfigurationOptions,
  ) {}

  /**
   * @param nonce what the app sent; a token with another one or with none is refused. Undefined: the app sent none, and a nonce that the
   *   provider's SDK added by itself is not checked (OIDC Core 3.1.3.7, 11)
   * @throws ProviderFault, or what jose throws
   */
  async verify(token: string, nonce: string | undefined, configuration: Configuration): Promise<ProviderClaims> {
    const { payload } = await jwtVerify(token, this.keysOf(configuration), {
      audience: [...this.audiences],
      algorithms: SIGNATURES,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['iss', 'sub', 'iat', 'exp'],
    });
    // OIDC Core 3.1.3.7, 3: a token for other audiences too may have come to us through one of them.
    const audiences = [payload.aud ?? []].flat();
    if (!audiences.every((audience) => this.audiences.includes(audience)))
      throw new ProviderFault('invalid', 'the ID token is for another audience as well');
    // Entra's metadata for many tenants names its issuers by a template.
    const issuer = configuration.serverMetadata().issuer.replace('{tenantid}', String(payload['tid'] ?? ''));
    if (!this.isIssuer(payload.iss, issuer)) throw new ProviderFault('invalid', 'the ID token is of another issuer');
    if (nonce !== undefined && !this.isNonce(payload, nonce))
      throw new ProviderFault('invalid', 'the ID token has another nonce');
    // Identities are stored under one form of the issuer.
    return { ...payload, iss: issuer };
  }

  private get audiences(): readonly string[] {
    return [this.settings.clientId, ...this.settings.idTokenAudiences];
  }

  private isIssuer(claim: string | undefined, issuer: string): boolean {
    return (
      claim === issuer || (this.settings.idTokens.issuerWithoutScheme && claim === issuer.replace(/^https?:\/\//, ''))
    );
  }

  private isNonce({ nonce: claim, nonce_supported: isSupported }: JWTPayload, nonce: string): boolean {
    if (claim === nonce) return true;
    if (!this.settings.idTokens.hashedNonce) return false;
    // Apple's token says when a platform passes no nonce on. Otherwise a token without a nonce is refused.
    if (claim === undefined) return isSupported === false || isSupported === 'false';
    return typeof claim === 'string' && claim.toLowerCase() === digestToBytes(sha256(nonce)).toString('hex');
  }

  private keysOf(configuration: Configuration): JWTVerifyGetKey {
    const known = this.keys.get(configuration);
    if (known) return known;
    const { jwks_uri } = configuration.serverMetadata();
    if (jwks_uri === undefined) throw new ProviderFault('invalid', 'the metadata names no key set');
    const fetch = providerFetch(this.options);
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      [customFetch]: (url, init) =>
        fetch(url, {
          method: init.method,
          headers: Object.fromEntries(init.headers),
          body: undefined,
          redirect: 'manual',
        }),
    });
    this.keys.set(configuration, keys);
    return keys;
  }
}
