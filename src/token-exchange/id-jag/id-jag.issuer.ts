import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { AuthError } from '../../common/errors/auth-error.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import type { GrantRequest, TokenExchanger } from '../../common/grants/grant.js';
import { requireStrength } from '../../common/guards/step-up.js';
import { JwtCodec } from '../../common/keys/jwt.codec.js';
import { newId } from '../../common/new-id.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import type { TokenResponse } from '../../common/ports/authorization-server.js';
import { HostPorts } from '../../common/ports/port.js';
import { TOKEN_TYPES } from '../../common/ports/subject-token.js';
import { AcrLadder } from '../../common/principal/acr-ladder.js';
import { formatScope } from '../../common/principal/scopes.js';
import type { IdentityAssertion } from '../identity-assertion.options.js';
import { TOKEN_EXCHANGE_SETTINGS, type TokenExchangeSettings } from '../token-exchange.settings.js';
import type { IdentityAssertionsSettings } from '../identity-assertion.settings.js';
import { refusedScope, refusedTarget } from '../policy/exchange-errors.js';
import { reachOf, type AssertionReach } from './assertion-reach.js';
import { AssertionSubjects, type AssertedUser } from './assertion-subject.js';
import './id-jag.events.js';

/** `typ` (ID-JAG 3). */
export const ID_JAG_TYPE = 'oauth-id-jag+jwt';
/** It is used at once, and nobody can end it before. */
export const ID_JAG_SECONDS = 300;

/**
 * Identity assertions for other authorization servers (draft-ietf-oauth-identity-assertion-authz-grant 4.3): a client of ours says there which of
 * our users it acts for, without a page of consent. Denied by default; what the options name is signed as it is granted.
 */
@Injectable()
export class IdJagIssuer implements TokenExchanger {
  readonly requestedTokenType = TOKEN_TYPES.idJag;
  private readonly ladder: AcrLadder;
  private readonly settings: IdentityAssertionsSettings;

  constructor(
    private readonly subjects: AssertionSubjects,
    private readonly codec: JwtCodec,
    private readonly ports: HostPorts,
    private readonly clock: Clock,
    private readonly events: AuthEvents,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(TOKEN_EXCHANGE_SETTINGS) { identityAssertions }: TokenExchangeSettings,
  ) {
    // Without it, nothing comes here: the module offers this only with it.
    this.settings = identityAssertions!;
    this.ladder = new AcrLadder(core.acr);
  }

  /**
   * @throws AuthError 400 `invalid_request`, `invalid_target`, `invalid_scope`, `invalid_grant`; `insufficient_user_authentication` with
   *   `acr_values` and `max_age` (ID-JAG 8.2)
   */
  async exchange(request: GrantRequest): Promise<TokenResponse> {
    const named = this.subjects.named(request);
    const asked = reachOf(request, this.settings);
    const asserted = await this.subjects.find(named, request);
    const reach = await atTokenEndpoint(() => this.permitted(request, asked, asserted));
    const claims = await this.claimsOf(request, reach, asserted);
    const { algorithm } = this.settings;
    const order = { type: ID_JAG_TYPE, algorithm, lifetimeSeconds: ID_JAG_SECONDS, claims };
    const assertion = await this.codec.sign(order);
    await request.sender.spend();
    this.events.emit('identity-assertion.issued', {
      clientId: request.client.clientId,
      subjectId: asserted.user.id,
      audience: reach.audience.issuer,
      audienceClientId: reach.clientId,
      resources: reach.resources,
      scopes: reach.scopes,
      subjectTokenType: asserted.token.tokenType,
      assertionId: claims.jti,
    });
    return {
      access_token: assertion,
      issued_token_type: TOKEN_TYPES.idJag,
      token_type: 'N_A',
      expires_in: ID_JAG_SECONDS,
      expires_at: this.clock.epochSeconds() + ID_JAG_SECONDS,
      scope: formatScope(reach.scopes),
    };
  }

  /** @throws AuthError the host's veto, or what a sign-in must reach */
  private async permitted(
    { client }: GrantRequest,
    reach: AssertionReach,
    { user, token }: AssertedUser,
  ): Promise<AssertionReach> {
    const { authenticatedAt, signIn } = token;
    const judge = { ladder: this.ladder, now: () => this.clock.now() };
    const { acr, maxAgeSeconds } = reach.audience.stepUp;
    const needs = acr === null && maxAgeSeconds === null ? [] : [{ acr, maxAgeSeconds }];
    requireStrength({ claims: { ...signIn }, authenticatedAt }, needs, judge);
    if (!this.settings.authorize) return reach;
    const question: IdentityAssertion = {
      client,
      user,
      audience: reach.audience.issuer,
      resources: reach.resources,
      scopes: reach.scopes,
      acr: signIn.acr ?? null,
      amr: signIn.amr ?? [],
      authenticatedAt,
    };
    return narrowed(reach, await this.settings.authorize(Object.freeze(question)));
  }

  /** ID-JAG 3. As little of the user as the options ask for (EMA 7.4.3). */
  private async claimsOf({ client, sender }: GrantRequest, reach: AssertionReach, { user, token }: AssertedUser) {
    const { audience, resources, scopes } = reach;
    const { authenticatedAt, signIn } = token;
    const audSub = (await audience.audSub?.(user)) ?? null;
    const mayKnowEmail = client.scopes.has('email') && token.scopes?.includes('email') !== false;
    const key = sender.confirmation;
    return {
      iss: this.core.issuer,
      sub: this.ports.authorizationServer.get().subjectIn(audience.sector, user.id),
      aud: audience.issuer,
      client_id: reach.clientId,
      jti: newId(),
      resource: resources.length === 1 ? resources[0] : resources,
      ...(scopes.length > 0 && { scope: formatScope(scopes) }),
      ...(audience.tenant !== null && { tenant: audience.tenant }),
      ...(authenticatedAt && { auth_time: Math.floor(authenticatedAt.getTime() / 1000) }),
      ...(signIn.acr !== undefined && { acr: signIn.acr }),
      ...(signIn.amr && { amr: signIn.amr }),
      // One that nobody has shown to be theirs could be anybody's there.
      ...(audience.hasEmail && mayKnowEmail && user.emailVerified && { email: user.email, email_verified: true }),
      ...(audSub !== null && { aud_sub: audSub }),
      // ID-JAG 8.6. A certificate is of the connection to us, and says nothing there.
      ...(key && 'jkt' in key && { cnf: { jkt: key.jkt } }),
    };
  }
}

/** Whatever a hook in plain JavaScript gives back, only `true` and an object allow. */
function narrowed(reach: AssertionReach, decision: unknown): AssertionReach {
  if (decision === true) return reach;
  if (typeof decision !== 'object' || decision === null)
    throw AuthError.oauth(
      'access_denied',
      'This identity assertion is not allowed',
      'identity assertion: the hook says no',
    );
  const { resources = reach.resources, scopes = reach.scopes } = decision as Partial<AssertionReach>;
  const left = {
    resources: reach.resources.filter((one) => resources.includes(one)),
    scopes: reach.scopes.filter((one) => scopes.includes(one)),
  };
  // Nothing there must not become everything there.
  if (left.resources.length === 0) throw refusedTarget('the hook allows none of the resources');
  if (left.scopes.length === 0 && reach.scopes.length > 0) throw refusedScope('the hook allows none of the scopes');
  return { ...reach, ...left };
}

/** What a guard answers by 401 is an error of the token endpoint here (ID-JAG 8.2). */
async function atTokenEndpoint<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AuthError) || !error.stepUp) throw error;
    const { code, description, stepUp, details, detail } = error;
    throw new AuthError({
      status: 400,
      code,
      error: error.error,
      description,
      stepUp,
      ...(details && { details }),
      ...(detail !== undefined && { detail }),
    });
  }
}
