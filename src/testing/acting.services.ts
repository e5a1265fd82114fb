import type { StrengthJudge } from '../common/guards/step-up.js';
import { AcrLadder, DEFAULT_ACR_NAMES } from '../common/principal/acr-ladder.js';
import { AuthError } from '../common/errors/auth-error.js';
import type { Authenticator } from '../common/guards/authenticator.js';
import { GuardServices, type Opening } from '../common/guards/guard-services.js';
import type { OpenConnections } from '../common/guards/open-connections.js';
import type { RouteTerms } from '../common/guards/route-terms.js';
import type { PresentedCredential } from '../common/guards/presented-credential.js';
import type { GuardedRequest } from '../common/http/request/request-context.js';
import type { AuthPolicy } from '../common/http/routes/auth-policy.js';
import type { PrincipalLoaders } from '../common/ports/loaders.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { ActingAuthenticator } from './acting.authenticator.js';
import { behindOf } from './mock-principal.js';

/** The issuer of an application in a test that names none. */
export const TEST_ISSUER = 'https://auth.test';
const BY_DEFAULT_NAMES: StrengthJudge = { ladder: new AcrLadder(DEFAULT_ACR_NAMES), now: () => new Date() };
export const NOBODY: PrincipalLoaders = { user: async () => null, client: async () => null };

interface GivenTerms {
  readonly connections: OpenConnections;
  readonly terms: RouteTerms;
  /** Default: by the names that strengths of sign-in have where the options give none. */
  readonly judge?: StrengthJudge;
}

/** What the guard has in a test: whoever acts presents what each route takes of them; without anybody, the application's own credentials. */
export class ActingServices extends GuardServices {
  private acting: AuthPrincipal | null = null;

  constructor(
    source: { readonly authenticators: readonly Authenticator[] },
    load: PrincipalLoaders,
    private readonly issuer: string,
    private readonly given: GivenTerms,
  ) {
    super(
      source,
      {
        user: async (principal) => behindOf(principal)?.user ?? load.user(principal),
        client: async (clientId) =>
          this.acting?.clientId === clientId ? (behindOf(this.acting)?.client ?? null) : load.client(clientId),
      },
      new URL(issuer).host,
      { judge: BY_DEFAULT_NAMES, ...given },
    );
  }

  /** @returns makes who acted before act again */
  act(principal: AuthPrincipal | null): () => void {
    const before = this.acting;
    this.acting = principal;
    return () => {
      this.acting = before;
    };
  }

  override presentedAtOpening(opening: Opening, policies: readonly AuthPolicy[]): PresentedCredential | null {
    return this.acting ? this.presentedBy(this.acting, policies) : super.presentedAtOpening(opening, policies);
  }

  override presentedTo(policy: AuthPolicy, request: GuardedRequest): PresentedCredential | null {
    return this.acting ? this.presentedBy(this.acting, [policy]) : super.presentedTo(policy, request);
  }

  private presentedBy(principal: AuthPrincipal, policies: readonly AuthPolicy[]): PresentedCredential {
    const schemes = schemesOf(principal);
    const scheme = schemes.find((name) => policies.every((policy) => policy.schemes.has(name)));
    if (scheme === undefined) throw AuthError.invalidToken(`this does not take ${schemes.join(' or ')}`);
    return {
      authenticator: new ActingAuthenticator(scheme, principal, this.issuer, this.given.terms.resources),
      credential: '',
    };
  }
}

/** A session is presented as its token or as the cookie. */
function schemesOf({ scheme, credentialType }: AuthPrincipal): string[] {
  return credentialType === 'session' ? ['bearer', 'session'] : [scheme];
}
