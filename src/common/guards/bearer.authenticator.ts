import type { AuthPrincipal } from '../principal/auth-principal.js';
import { AuthError } from '../errors/auth-error.js';
import { DPOP_SCHEME } from '../errors/render-challenge.js';
import { isIssuer } from '../issuers/tenant-issuer.js';
import { NO_RESOURCES, type Resources } from '../resources/resources.js';
import type { BearerTokenReader } from '../tokens/bearer-token-reader.js';
import type { AuthenticationRequest, Authenticator } from './authenticator.js';
import { BearerStrategy } from './bearer.strategy.js';
import { NOTHING_BOUND, SenderConstraint, type ConstraintServices } from './sender-constraint.js';

/** What `@BearerAuth({ … })` may require. */
export interface BearerRequirement {
  /** The token must be meant for this audience (RFC 9068 4, RFC 8707). */
  readonly audience?: string;
  /**
   * The protected resource that the route belongs to, of the option `resources`: its identifier, or its path (`/mcp`). The token must be for it, and
   * challenges say where its document is and which scopes are needed (RFC 9728 5.1). In place of `audience`.
   */
  readonly resource?: string;
  /**
   * Issuers whose tokens are taken: this server's and trusted outside ones (`jwt.trustedIssuers`). Default: only this server's; in a
   * resource server all of its `issuers`.
   */
  readonly issuer?: string | readonly string[];
  /** `required`: takes tokens only that are bound to a key of their holder (RFC 9449). Default `accepted`: takes both. */
  readonly dpop?: 'accepted' | 'required';
}

/**
 * `Authorization: Bearer`: passes the token to the one reader that knows its shape. Tokens that no other scheme claims come here (ADR 13).
 */
export class BearerAuthenticator implements Authenticator {
  readonly scheme = 'bearer';
  readonly challenge = 'Bearer';
  readonly carrier = 'header';
  /** RFC 9449 7.1: for tokens that are bound to a key. */
  readonly alsoNamed = [DPOP_SCHEME];
  /** For hosts that use Passport: takes the same tokens as a route with a bare `@BearerAuth()`. */
  readonly strategy: BearerStrategy;
  private readonly constraint: SenderConstraint;
  /** Where it is a resource of the options, its tokens have that spelling. */
  private readonly issuerName: string | null;

  constructor(
    private readonly source: { readonly bearerReaders: readonly BearerTokenReader[] },
    /** This server; null when it issues no tokens. */
    private readonly issuer: string | null,
    realm: string,
    constraint: ConstraintServices = NOTHING_BOUND,
    private readonly resources: Resources = NO_RESOURCES,
  ) {
    this.issuerName = (issuer === null ? undefined : resources.find(issuer))?.resource ?? null;
    this.constraint = new SenderConstraint(constraint);
    this.strategy = new BearerStrategy((token) => this.readForUs(token), { realm });
  }

  present(): undefined {
    return undefined;
  }

  /** Bearer first: older clients read the first scheme alone. */
  challengesFor(requirement: unknown, tried: boolean): Readonly<Record<string, string | null>> {
    const isRequired = this.requiresKey(requirement as BearerRequirement | undefined);
    const { offer } = this.constraint;
    return {
      ...(!isRequired && { [this.challenge]: null }),
      ...((isRequired || tried || offer.isAnnounced) && { [DPOP_SCHEME]: offer.parameters }),
    };
  }

  /** Takes any valid token; `authorize` checks what the route requires of it. */
  authenticate(token: string, request: AuthenticationRequest): AuthPrincipal | Promise<AuthPrincipal> {
    const reader = this.readerOf(token);
    const known = reader?.recall?.(token);
    if (known) return this.constraint.require(known, token, request);
    return liveToken(reader, token).then((found) => this.constraint.require(found, token, request));
  }

  admit(principal: AuthPrincipal, request?: object): Promise<void> | undefined {
    return this.constraint.admit(principal, request);
  }

  authorize(principal: AuthPrincipal, requirement: unknown): void {
    const asked = (requirement ?? {}) as BearerRequirement;
    if (this.requiresKey(asked) && !(principal.confirmation && 'jkt' in principal.confirmation))
      throw AuthError.invalidToken('this route takes tokens that are bound to a key');
    this.requireIssuer(principal, asked.issuer);
    if (asked.resource !== undefined) return this.requireResource(principal, asked.resource);
    this.requireAudience(principal, asked.audience);
  }

  private requiresKey(requirement: BearerRequirement = {}): boolean {
    const { dpop, resource } = requirement;
    return dpop === 'required' || (resource !== undefined && this.resources.named(resource).isDpopRequired);
  }

  /** A token for another resource, or for this server at large, is of no use at a resource, and the other way round (RFC 9700 2.3, 4.10.2). */
  private requireResource({ audience, issuer }: AuthPrincipal, name: string): void {
    const { resource, spellings } = this.resources.named(name);
    const told = issuer === null && audience.length === 0 && this.issuer !== null ? [this.issuer] : audience;
    if (!told.some((one) => spellings.includes(one)))
      throw AuthError.invalidToken(`the token is not meant for ${resource}`);
  }

  private requireAudience(principal: AuthPrincipal, audience: string | undefined): void {
    // The audiences of an outside issuer's tokens are part of our trust in it; the reader has checked them.
    if (principal.issuer !== null && audience === undefined) return;
    // A token limited to other audiences is not meant for us; one without an audience is first-party and meant for this issuer only.
    const accepted = audience ?? this.issuer ?? '';
    const meansUs = accepted === this.issuer;
    const meant =
      principal.audience.length === 0
        ? meansUs
        : principal.audience.some((one) => one === accepted || (meansUs && one === this.issuerName));
    if (!meant) throw AuthError.invalidToken(`the token is not meant for ${accepted}`);
  }

  private requireIssuer(principal: AuthPrincipal, asked: BearerRequirement['issuer'] | null = this.issuer): void {
    // Without tokens of our own, all that a reader has verified is of an issuer that the host has named.
    if (asked === null) return;
    const issuers = typeof asked === 'string' ? [asked] : asked;
    const issuer = principal.issuer ?? this.issuer ?? '';
    if (!issuers.some((one) => isIssuer(one, issuer)))
      throw AuthError.invalidToken(`this route does not take tokens of ${issuer}`);
  }

  private async readForUs(token: string): Promise<AuthPrincipal | null> {
    const principal = (await this.readerOf(token)?.read(token)) ?? null;
    // Passport hands on the header alone: nothing in it proves a key or a certificate.
    if (principal?.confirmation) return null;
    if (principal) this.authorize(principal, undefined);
    return principal;
  }

  private readerOf(token: string): BearerTokenReader | undefined {
    for (const reader of this.source.bearerReaders) if (reader.matches(token)) return reader;
    return undefined;
  }
}

async function liveToken(reader: BearerTokenReader | undefined, token: string): Promise<AuthPrincipal> {
  const principal = await reader?.read(token);
  if (!principal) throw AuthError.invalidToken('no live token');
  return principal;
}
