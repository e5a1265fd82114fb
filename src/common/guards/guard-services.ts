import type { ChallengeContext } from '../errors/render-challenge.js';
import type { PrincipalLoaders } from '../ports/loaders.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { Authenticator } from './authenticator.js';

/** What the guard needs of an application. The one provider behind it: a host has it from the module that verifies its credentials. */
export class GuardServices {
  private readonly challenges = new WeakMap<AuthPolicy, ChallengeContext>();

  /**
   * @param source `authenticators` is read at each request, since capabilities add theirs while the application starts
   * @param realm of the challenges (RFC 9110 11.5)
   * @param discovery discovery documents of the issuers whose tokens every route takes; for the API document;
   *   undefined: this server is the issuer
   */
  constructor(
    private readonly source: { readonly authenticators: readonly Authenticator[] },
    readonly load: PrincipalLoaders,
    private readonly realm: string,
    readonly discovery?: readonly string[],
  ) {}

  get authenticators(): readonly Authenticator[] {
    return this.source.authenticators;
  }

  challengeOf(policy: AuthPolicy): ChallengeContext {
    const known = this.challenges.get(policy);
    if (known) return known;
    const challenge = { schemes: this.schemesOf(policy), realm: this.realm };
    this.challenges.set(policy, challenge);
    return challenge;
  }

  private schemesOf(policy: AuthPolicy): string[] {
    const accepted = [...policy.schemes.keys()].flatMap((name) =>
      this.authenticators.filter(({ scheme }) => scheme === name),
    );
    const inHeaders = accepted.filter(({ carrier }) => carrier === 'header');
    // A cookie is not an HTTP authentication scheme; it is named only where nothing else is taken. A route whose schemes are not registered
    // fails closed, and RFC 9110 15.5.2 still requires a challenge.
    const named = inHeaders.length > 0 ? inHeaders : accepted;
    return named.length > 0 ? named.map(({ challenge }) => challenge) : ['Bearer'];
  }
}
