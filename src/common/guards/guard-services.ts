import { AuthError } from '../errors/auth-error.js';
import type { ChallengeContext } from '../errors/render-challenge.js';
import type { PrincipalLoaders } from '../ports/loaders.js';
import type { HeaderBag } from '../http/request/headers.js';
import type { GuardedRequest } from '../http/request/request-context.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { Authenticator } from './authenticator.js';
import { presentedCredential, type PresentedCredential } from './presented-credential.js';
import type { OpenConnections } from './open-connections.js';

/** What the guard needs of an application. The one provider behind it: a host has it from the module that verifies its credentials. */
export class GuardServices {
  private readonly challenges = new WeakMap<AuthPolicy, ChallengeContext>();

  /** Absent: no call comes over a connection that stays open. */
  readonly connections: OpenConnections | undefined;
  /** Discovery documents of the issuers whose tokens every route takes, for the API document; absent: this server is the issuer. */
  readonly discovery: readonly string[] | undefined;

  /**
   * @param source `authenticators` is read at each request, since capabilities add theirs while the application starts
   * @param realm of the challenges (RFC 9110 11.5)
   */
  constructor(
    private readonly source: { readonly authenticators: readonly Authenticator[] },
    readonly load: PrincipalLoaders,
    private readonly realm: string,
    { connections, discovery }: Partial<Pick<GuardServices, 'connections' | 'discovery'>> = {},
  ) {
    this.connections = connections;
    this.discovery = discovery;
  }

  get authenticators(): readonly Authenticator[] {
    return this.source.authenticators;
  }

  /**
   * The one credential that these header fields present.
   * @throws AuthError 400 for two
   */
  present(headers: HeaderBag, rawHeaders: readonly string[] | undefined): PresentedCredential | null {
    return presentedCredential(headers, rawHeaders, this.authenticators);
  }

  /**
   * The one credential that a request presents, as far as this route takes it.
   * @throws AuthError 400 for two, 401 for one in a header that the route does not take
   */
  presentedTo(policy: AuthPolicy, request: GuardedRequest): PresentedCredential | null {
    const presented = this.present(request.headers, request.raw?.rawHeaders ?? request.rawHeaders);
    if (!presented || policy.schemes.has(presented.authenticator.scheme)) return presented;
    // Browsers send cookies everywhere: one that this route does not take is not a credential here.
    if (presented.authenticator.carrier === 'cookie') return null;
    throw AuthError.invalidToken(`this route does not take ${presented.authenticator.scheme}`);
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
