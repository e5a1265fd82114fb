import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Database } from '../../common/database/database.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { JWT_BEARER_GRANT, type Grant, type GrantRequest } from '../../common/grants/grant.js';
import { textsOf, type TokenClaims } from '../../common/issuers/claim-path.js';
import { isTime } from '../../common/issuers/principal-of-claims.js';
import { RateLimits, type RateLimit } from '../../common/limits/rate-limits.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import type { Client, TokenOrder, TokenResponse } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import type { HostUser } from '../../common/ports/user-directory.js';
import { signInFacts } from '../../common/tokens/sign-in-facts.js';
import { SpentJwtStore } from '../../common/tokens/spent-jwt.store.js';
import { JWT_BEARER_SETTINGS, type JwtBearerSettings } from '../jwt-bearer.options.js';
import { Assertions, type Assertion } from '../issuers/assertions.js';
import { AssertionSubjects } from '../subjects/assertion-subjects.js';
import { targetOf, type AssertionTarget } from './assertion-target.js';

/** A company's users at nine in the morning, by one client (EMA 7.5.1). */
const BY_CLIENT_AND_ISSUER: RateLimit = { name: 'assertion-issuer', max: 6_000, windowSeconds: 60 };

/** Tokens for assertions of trusted issuers (RFC 7523 2.1), identity assertions among them (ID-JAG 4.4). */
@Injectable()
export class JwtBearerGrant implements Grant {
  readonly grantType = JWT_BEARER_GRANT;
  readonly parameters = ['assertion', 'scope'];

  constructor(
    private readonly assertions: Assertions,
    private readonly subjects: AssertionSubjects,
    private readonly ports: HostPorts,
    private readonly database: Database,
    private readonly spent: SpentJwtStore,
    private readonly limits: RateLimits,
    private readonly clock: Clock,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(JWT_BEARER_SETTINGS) private readonly settings: JwtBearerSettings,
  ) {}

  isGivenTo({ clientId }: Client): boolean {
    return [...this.settings.issuers.values()].some(({ clients }) => clients?.has(clientId));
  }

  /**
   * All is checked first, the tokens are signed, and one statement spends the assertion and writes them: without tokens it is not spent, and
   * it is never spent twice (T192).
   * @throws AuthError 400 `unauthorized_client`, `invalid_request`, `invalid_grant`, `invalid_target`, `invalid_scope`; 429; the host's veto
   */
  async handle({ client, parameters, resources, sender }: GrantRequest): Promise<TokenResponse> {
    const { assertion: text, scope } = parameters;
    // ID-JAG 8.1: nobody could say who presents it.
    if (client.isPublic)
      throw AuthError.oauth('unauthorized_client', 'This grant_type is for clients that authenticate');
    if (text === undefined) throw AuthError.invalidRequest('assertion is missing');
    const assertion = await this.assertions.verify(text, client, sender);
    const server = this.ports.authorizationServer.get();
    const target = targetOf(assertion, { scope, resources }, client, server, this.core.resources);
    await this.limits.consume(BY_CLIENT_AND_ISSUER, JSON.stringify([client.clientId, assertion.issuer.issuer]));
    const user = await this.subjects.find(assertion, client);
    const order = await this.orderOf(assertion, target, client, user);
    await server.admitUser(client, user.id, order.scopes);
    const prepared = await server.prepare({ ...order, sender });
    const { once, remainingSeconds } = assertion;
    const tokens = await this.database.transaction((tx) =>
      once ? prepared.store(tx, this.spent.spending(once, remainingSeconds)) : prepared.store(tx),
    );
    if (tokens === null) throw AuthError.invalidGrant('assertion: jti was used before');
    return tokens;
  }

  private async orderOf(
    { issuer, claims, actor }: Assertion,
    { resources, scopes }: AssertionTarget,
    client: Client,
    user: HostUser,
  ): Promise<Omit<TokenOrder, 'sender'>> {
    const authenticatedAt = this.timeOf(claims['auth_time']);
    const granted = await this.settings.authorize?.({
      ...{ user, client, scopes, resources, authenticatedAt, claims },
      issuer: issuer.issuer,
      acr: typeof claims['acr'] === 'string' ? claims['acr'] : null,
      amr: textsOf(claims['amr']),
    });
    // Whatever a hook in plain JavaScript gives back, only these two allow.
    if (granted !== undefined && !Array.isArray(granted)) throw AuthError.invalidGrant('assertion: the hook says no');
    const left = granted ? scopes.filter((scope) => granted.includes(scope)) : scopes;
    if (left.length === 0) throw AuthError.oauth('invalid_scope', 'None of the scopes may be granted to this user');
    return {
      ...{ client, resources, authenticatedAt, actor },
      subjectId: user.id,
      subjectKind: 'user',
      sessionId: null,
      source: 'jwt_bearer',
      // So that tokens of an issuer can be found and ended when it is trusted no more.
      sourceId: issuer.issuer,
      scopes: left,
      // What `acr` and `amr` say there means nothing here: a route that asks for a strength of ours refuses.
      signIn: signInFacts({ methods: [], acr: null, roles: user.roles ?? [] }),
      refreshable: false,
    };
  }

  /** Never ahead of our clock: a sign-in to come would be recent for ever. */
  private timeOf(time: TokenClaims[string]): Date | null {
    return isTime(time) ? new Date(Math.min(time, this.clock.epochSeconds()) * 1000) : null;
  }
}
