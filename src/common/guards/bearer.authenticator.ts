import type { AuthPrincipal } from '../principal/auth-principal.js';
import { AuthError } from '../errors/auth-error.js';
import type { Registry } from '../registry.js';
import type { BearerTokenReader } from '../tokens/bearer-token-reader.js';
import type { Authenticator } from './authenticator.js';
import { BearerStrategy } from './bearer.strategy.js';

/** What `@BearerAuth({ … })` may ask. */
export interface BearerRequirement {
  /** The token must be meant for this audience (RFC 9068 4, RFC 8707). */
  readonly audience?: string;
}

/** `Authorization: Bearer`: hands the token to the one reader whose shape it has. */
export class BearerAuthenticator implements Authenticator {
  readonly scheme = 'bearer';
  readonly challenge = 'Bearer';
  readonly carrier = 'header';
  readonly strategy: BearerStrategy;

  constructor(
    private readonly readers: Registry<BearerTokenReader>,
    private readonly issuer: string,
    realm: string,
  ) {
    this.strategy = new BearerStrategy((token) => this.read(token), { realm });
  }

  present(): undefined {
    return undefined;
  }

  claims(bearerValue: string): boolean {
    return this.readerOf(bearerValue) !== undefined;
  }

  recall(credential: string): AuthPrincipal | undefined {
    return this.readerOf(credential)?.recall?.(credential);
  }

  authenticate(credential: string): Promise<AuthPrincipal> {
    return this.strategy.principalOf(`Bearer ${credential}`);
  }

  authorize(principal: AuthPrincipal, requirement: unknown): void {
    const audience = (requirement as BearerRequirement | undefined)?.audience;
    // A token limited to other audiences is not meant for us; one without is first-party and meant for this issuer only.
    const accepted = audience ?? this.issuer;
    const meant =
      principal.audience.length === 0
        ? audience === undefined || audience === this.issuer
        : principal.audience.includes(accepted);
    if (!meant) throw AuthError.invalidToken(`the token is not meant for ${accepted}`);
  }

  private async read(token: string): Promise<AuthPrincipal | null> {
    return (await this.readerOf(token)?.read(token)) ?? null;
  }

  private readerOf(token: string): BearerTokenReader | undefined {
    for (const reader of this.readers.all) if (reader.matches(token)) return reader;
    return undefined;
  }
}
