import { faultAnswers, guardFaults } from './answers.js';
import type { Operation } from './marked-routes.js';
import type { OwnSchemas } from './own-schemas.js';
import { guardsOf, type Route } from './routes.js';
import { policyOfRoute, requirementsOf, type Requirement } from './security.js';

/** Adds to a route of the host what our guard makes of it: its security and the answers of the guard. */
export function completeHostOperation(
  operation: Operation,
  route: Route,
  globalGuards: { readonly any: boolean; readonly ours: boolean; readonly schemes: ReadonlySet<string> | undefined },
  schemas: OwnSchemas,
): void {
  const policy = policyOfRoute(route, globalGuards.ours);
  if (!policy) {
    // With guards of the host's own we do not know what they ask.
    if (!globalGuards.any && guardsOf(route).length === 0) operation['security'] ??= [];
    return;
  }
  const requirements = takenOf(requirementsOf(route, policy) ?? [], globalGuards.schemes);
  const given = (operation['security'] ?? []) as Requirement[];
  operation['security'] = policy.isPublic ? [] : [...given, ...requirements];
  if (policy.isPublic) return;
  const description = { summary: '' };
  const added = faultAnswers(guardFaults(policy, requirements), { description, policy, requirements }, schemas);
  const responses = (operation['responses'] ?? {}) as Record<string, object>;
  operation['responses'] = { ...added, ...responses };
}

/** @param schemes those that may be here; undefined: all */
function takenOf(requirements: readonly Requirement[], schemes: ReadonlySet<string> | undefined) {
  if (!schemes) return requirements;
  const taken = requirements.filter((one) => Object.keys(one).every((name) => name === 'oauth2' || schemes.has(name)));
  // A route whose schemes nothing here verifies lets nobody in; without any it would look open.
  return taken.some((one) => Object.keys(one).length > 0) ? taken : requirements;
}
