import { AuthError } from '../../common/errors/auth-error.js';
import type { Client } from '../../common/ports/authorization-server.js';
import type { SubjectToken } from '../../common/ports/subject-token.js';
import { MAX_ACTORS, type Actor } from '../../common/principal/actor.js';
import { areGranted, detailsAt, type AuthorizationDetail } from '../../common/principal/authorization-detail.js';
import { isSameConfirmation, type Confirmation } from '../../common/principal/confirmation.js';
import { parseScope } from '../../common/principal/scopes.js';
import type { ResourceSettings } from '../../common/resources/resource.settings.js';
import type { Resources } from '../../common/resources/resources.js';
import { NEVER_EXCHANGED, type ExchangeRule } from '../token-exchange.settings.js';
import { badActorToken, notAllowed, refusedScope, refusedTarget } from './exchange-errors.js';

/**
 * What the new token is for. `resource` and `audience` are one list, and every value of it must be right (RFC 8693 2.1, 2.2.2).
 * @param asked as the client spells them; none: the only target that the client has
 * @throws AuthError 400 `invalid_target`
 */
export function targetsOf(asked: readonly string[], rule: ExchangeRule, resources: Resources): ResourceSettings[] {
  const named = asked.length === 0 && rule.targets?.size === 1 ? [...rule.targets] : asked;
  if (named.length === 0) throw refusedTarget('none is named');
  const found = named.map((one) => {
    const target = resources.find(one);
    if (!target || rule.targets?.has(target.resource) === false)
      throw refusedTarget(target ? `${target.resource} is not for this client` : 'it is not a resource');
    return target;
  });
  return [...new Set(found)];
}

/** Who may present a token: the client that it was given to, and one that stands for what it is for. */
export function mayPresent(token: SubjectToken, client: Client, resources: Resources, issuer: string): boolean {
  if (token.clientId === client.clientId || token.audience === null) return true;
  const named = (one: string) => resources.find(one)?.resource;
  const own = new Set([...client.standsFor].map(named));
  const audience = token.audience.length > 0 ? token.audience : [issuer];
  return audience.some((one) => {
    const resource = named(one);
    return resource !== undefined && own.has(resource);
  });
}

/** Its own client proves the key of a bound token; a service that has received one cannot (RFC 9449 6, RFC 8705 3). */
export function isProved(token: SubjectToken, client: Client, proved: Confirmation | null): boolean {
  return (
    token.confirmation === null || token.clientId !== client.clientId || isSameConfirmation(token.confirmation, proved)
  );
}

/**
 * Who acts from now on, and who has acted before (RFC 8693 4.1).
 * @param token of the actor; null: the client itself
 * @throws AuthError 400 `invalid_request`
 */
export function actorFor(
  client: Client,
  subject: SubjectToken,
  token: SubjectToken | null,
  { actors }: ExchangeRule,
): Actor {
  if (token?.actor) throw badActorToken('somebody acts with it for another');
  const subjectId = token?.subjectId ?? client.clientId;
  const isItself = token === null || (token.subjectKind === 'client' && subjectId === client.clientId);
  if (!isItself && actors !== null && !(token.subjectKind === 'client' && actors.has(subjectId)))
    throw badActorToken(`${subjectId} may not act for ${client.clientId}`);
  const { mayAct } = subject;
  if (mayAct !== null && !(mayAct.issuer === null && mayAct.subjectId === subjectId))
    throw notAllowed(`may_act names another than ${subjectId}`);
  const actor: Actor = { subjectId, issuer: null, actor: subject.actor };
  if (lengthOf(actor) > MAX_ACTORS) throw notAllowed(`more than ${MAX_ACTORS} actors, one after the other`);
  return actor;
}

/**
 * The scopes of the new token: asked for, in the subject token, taken by a target, and the client's to hand on.
 * @param asked the `scope` parameter; absent: all of them
 * @throws AuthError 400 `invalid_scope` for one that is asked for in vain: none is left out silently (T061)
 */
export function scopesOf(
  asked: string | undefined,
  subject: SubjectToken,
  targets: readonly ResourceSettings[],
  { scopes: rule }: ExchangeRule,
  offered: ReadonlySet<string>,
): string[] {
  const held = subject.scopes && new Set(subject.scopes);
  const isAllowed = (scope: string) =>
    !NEVER_EXCHANGED.has(scope) &&
    offered.has(scope) &&
    (held?.has(scope) ?? true) &&
    (rule?.has(scope) ?? true) &&
    targets.some(({ scopes }) => scopes?.has(scope) ?? true);
  if (asked === undefined) {
    // Without a bound of anybody, nothing is handed on that was not named.
    const scopes = [...(held ?? rule ?? [])].filter(isAllowed);
    if (scopes.length === 0 && rule !== null && rule.size > 0) throw refusedScope('none is left');
    return scopes;
  }
  const scopes = parseScope(asked);
  if (!scopes || !scopes.every(isAllowed)) throw refusedScope(`asked for ${asked.slice(0, 200)}`);
  return scopes;
}

/**
 * What the new token allows beyond scopes (RFC 9396): of the subject token, what concerns the target; or what is asked for of that.
 * @throws AuthError 400 `invalid_authorization_details`
 */
export function detailsOf(
  asked: readonly AuthorizationDetail[],
  { authorizationDetails: held = [] }: SubjectToken,
  targets: readonly ResourceSettings[],
): readonly AuthorizationDetail[] {
  const handedOn = detailsAt(
    targets.map(({ resource }) => resource),
    held,
  );
  if (asked.length === 0) return handedOn;
  if (areGranted(asked, handedOn)) return asked;
  throw AuthError.oauth(
    'invalid_authorization_details',
    'An object is none of those of the subject token for this target',
  );
}

function lengthOf(actor: Actor | null): number {
  return actor === null ? 0 : 1 + lengthOf(actor.actor);
}
