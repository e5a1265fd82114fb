import { AuthError } from '../errors/auth-error.js';
import type { StepUpNeed } from '../http/routes/auth-policy.js';
import type { AcrLadder } from '../principal/acr-ladder.js';
import type { AuthPrincipal } from '../principal/auth-principal.js';

/** What tells how strong and how long ago a proof of identity is. */
export interface StrengthJudge {
  /** Absent: strengths are those of outside issuers, which are compared by their names. */
  readonly ladder?: AcrLadder;
  now(): Date;
}

/**
 * A proof of identity that is strong and fresh enough (RFC 9470 3).
 * @throws AuthError 401 `insufficient_user_authentication`, which names all that is missing
 */
export function requireStrength(
  { claims, authenticatedAt }: Pick<AuthPrincipal, 'claims' | 'authenticatedAt'>,
  needs: readonly StepUpNeed[],
  judge: StrengthJudge,
): void {
  if (needs.length === 0) return;
  const reached = typeof claims['acr'] === 'string' ? claims['acr'] : null;
  // In whole seconds, as tokens tell it (`auth_time`).
  const age = authenticatedAt === null ? Number.POSITIVE_INFINITY : seconds(judge.now()) - seconds(authenticatedAt);
  const weak = needs.filter(({ acr }) => acr !== null && !isEnough(judge.ladder, reached, acr));
  const stale = needs.filter(({ maxAgeSeconds }) => maxAgeSeconds !== null && age > maxAgeSeconds);
  if (weak.length + stale.length === 0) return;
  // All that the route asks for: a sign-in for half of it would be sent back once more.
  const ages = needs.flatMap(({ maxAgeSeconds }) => maxAgeSeconds ?? []);
  throw AuthError.insufficientUserAuthentication({
    acrValues: strongest(weak.length > 0 ? weak : needs, judge.ladder),
    maxAgeSeconds: ages.length > 0 ? Math.min(...ages) : null,
  });
}

/** Of several needs the one that meets the others as well, where there is one. */
function strongest(needs: readonly StepUpNeed[], ladder: AcrLadder | undefined): readonly string[] | null {
  const wanted = needs.flatMap(({ acr }) => (acr === null ? [] : [acr]));
  const meetsAll = (acr: readonly string[]) =>
    acr.every((one) => wanted.every((other) => isEnough(ladder, one, other)));
  return wanted.find(meetsAll) ?? wanted[0] ?? null;
}

function isEnough(ladder: AcrLadder | undefined, reached: string | null, wanted: readonly string[]): boolean {
  return ladder ? ladder.suffices(reached, wanted) : reached !== null && wanted.includes(reached);
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
