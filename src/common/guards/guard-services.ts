import { AuthError } from '../errors/auth-error.js';
import { DPOP_SCHEME, type ChallengeContext, type ChallengedResource } from '../errors/render-challenge.js';
import type { PrincipalLoaders } from '../ports/loaders.js';
import type { HeaderBag } from '../http/request/headers.js';
import type { GuardedRequest } from '../http/request/request-context.js';
import type { AuthPolicy } from '../http/routes/auth-policy.js';
import type { Authenticator } from './authenticator.js';
import type { BearerRequirement } from './bearer.authenticator.js';
import { NO_TERMS, type RouteTerms } from './route-terms.js';
import type { ResourceSettings } from '../resources/resource.settings.js';
import { presentedCredential, type PresentedCredential } from './presented-credential.js';
import { namesDpop } from './sender-constraint.js';
import type { StrengthJudge } from './step-up.js';
import type { OpenConnections } from './open-connections.js';

const BY_NAMES: StrengthJudge = { now: () => new Date() };

/** How a connection was opened. */
export interface Opening {
  /** Without cookies, whose origin is not known yet. */
  readonly headers: HeaderBag;
  readonly rawHeaders: readonly string[];
  /** What it carries in another place than a header field, as one. */
  readonly fields: HeaderBag;
}

/** What the guard needs of an application. The one provider behind it: a host has it from the module that verifies its credentials. */
export class GuardServices {
  private readonly challenges = new WeakMap<AuthPolicy, ChallengeContext>();
  /** For callers who tried DPoP. */
  private readonly triedChallenges = new WeakMap<AuthPolicy, ChallengeContext>();

  /** Absent: no call comes over a connection that stays open. */
  readonly connections: OpenConnections | undefined;
  /** Tells how strong and how fresh a proof of identity is. */
  readonly judge: StrengthJudge;
  /** Discovery documents of the issuers whose tokens every route takes, for the API document; absent: this server is the issuer. */
  readonly discovery: readonly string[] | undefined;
  private readonly terms: RouteTerms;

  /**
   * @param source `authenticators` is read at each request, since capabilities add theirs while the application starts
   * @param realm of the challenges (RFC 9110 11.5)
   */
  constructor(
    private readonly source: { readonly authenticators: readonly Authenticator[] },
    readonly load: PrincipalLoaders,
    private readonly realm: string,
    {
      connections,
      discovery,
      judge = BY_NAMES,
      terms = NO_TERMS,
    }: Partial<Pick<GuardServices, 'connections' | 'discovery' | 'judge'>> & { readonly terms?: RouteTerms } = {},
  ) {
    this.connections = connections;
    this.judge = judge;
    this.discovery = discovery;
    this.terms = terms;
  }

  get impliedScopes(): RouteTerms['impliedScopes'] {
    return this.terms.impliedScopes;
  }

  get authenticators(): readonly Authenticator[] {
    return this.source.authenticators;
  }

  /**
   * The one credential that opens a connection, for all handlers behind it.
   * @param _policies what those require that must be met when it opens; a test chooses by them what it presents
   * @throws AuthError 400 for two
   */
  presentedAtOpening(
    { headers, rawHeaders, fields }: Opening,
    _policies: readonly AuthPolicy[],
  ): PresentedCredential | null {
    const inHeaders = presentedCredential(headers, rawHeaders, this.authenticators);
    if (Object.keys(fields).length === 0) return inHeaders;
    if (inHeaders) throw AuthError.invalidRequest('More than one credential was presented');
    return presentedCredential({ ...headers, ...fields }, undefined, this.authenticators);
  }

  /**
   * The one credential that a request presents, as far as this route takes it.
   * @throws AuthError 400 for two, 401 for one in a header that the route does not take
   */
  presentedTo(policy: AuthPolicy, request: GuardedRequest): PresentedCredential | null {
    const rawHeaders = request.raw?.rawHeaders ?? request.rawHeaders;
    const presented = presentedCredential(request.headers, rawHeaders, this.authenticators);
    if (!presented || policy.schemes.has(presented.authenticator.scheme)) return presented;
    // Browsers send cookies everywhere: one that this route does not take is not a credential here.
    if (presented.authenticator.carrier === 'cookie') return null;
    throw AuthError.invalidToken(`this route does not take ${presented.authenticator.scheme}`);
  }

  /** @param request the caller's, where there is one */
  challengeOf(policy: AuthPolicy, request?: Pick<GuardedRequest, 'headers'>): ChallengeContext {
    const triesDpop = request !== undefined && namesDpop(request);
    const challenges = triesDpop ? this.triedChallenges : this.challenges;
    const known = challenges.get(policy);
    if (known) return known;
    const challenge = this.challengeFor(policy, triesDpop);
    challenges.set(policy, challenge);
    return challenge;
  }

  private challengeFor(policy: AuthPolicy, triesDpop: boolean): ChallengeContext {
    const offered = Object.assign({}, ...this.offeredTo(policy, triesDpop)) as Readonly<Record<string, string | null>>;
    const schemes = Object.keys(offered);
    const own = Object.entries(offered).filter((one): one is [string, string] => one[1] !== null);
    const isTried = triesDpop && schemes.includes(DPOP_SCHEME);
    const resource = this.challengedResource(policy);
    return {
      schemes,
      realm: this.realm,
      ...(own.length > 0 && { parameters: Object.fromEntries(own) }),
      ...(isTried && { tried: DPOP_SCHEME }),
      ...(resource && { resource }),
    };
  }

  /** The protected resource that a route belongs to; null: none. */
  resourceOf({ schemes }: AuthPolicy): ResourceSettings | null {
    if (!schemes.has('bearer')) return null;
    const { resource, audience } = (schemes.get('bearer') ?? {}) as BearerRequirement;
    if (resource !== undefined) return this.terms.resources.named(resource);
    return audience === undefined ? this.terms.everyRouteOf : null;
  }

  /** With what the operation needs, so that a client is asked once (MCP); a scope that one of several would do for is not asked for yet. */
  private challengedResource(policy: AuthPolicy): ChallengedResource | null {
    const found = this.resourceOf(policy);
    if (!found) return null;
    const metadata = found.address?.documentUrl ?? null;
    return { metadata, scopes: [...new Set([...found.advertisedScopes, ...policy.scopes])] };
  }

  private offeredTo(policy: AuthPolicy, triesDpop: boolean): Readonly<Record<string, string | null>>[] {
    // Whatever the order of the decorators, clients of OAuth read the first scheme (MCP).
    const names = [...policy.schemes.keys()].sort(
      (one, other) => Number(other === 'bearer') - Number(one === 'bearer'),
    );
    const accepted = names.flatMap((name) => this.authenticators.filter(({ scheme }) => scheme === name));
    const inHeaders = accepted.filter(({ carrier }) => carrier === 'header');
    // A cookie is not an HTTP authentication scheme; it is named only where nothing else is taken. A route whose schemes are not registered
    // fails closed, and RFC 9110 15.5.2 still requires a challenge.
    const named = inHeaders.length > 0 ? inHeaders : accepted;
    if (named.length === 0) return [{ Bearer: null }];
    return named.map(
      (one) => one.challengesFor?.(policy.schemes.get(one.scheme), triesDpop) ?? { [one.challenge]: null },
    );
  }
}
