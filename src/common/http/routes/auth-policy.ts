import 'reflect-metadata';

/** Metadata keys. Each scheme has its own, so that stacked decorators add up instead of overwriting each other. */
export const SCHEME_KEY_PREFIX = 'nest-authority:scheme:';
export const PUBLIC_KEY = 'nest-authority:public';
export const OPTIONAL_KEY = 'nest-authority:optional';
export const SCOPES_KEY = 'nest-authority:scopes';
export const ANY_SCOPE_KEY = 'nest-authority:any-scope';
export const ROLES_KEY = 'nest-authority:roles';
export const STEP_UP_KEY = 'nest-authority:step-up';

/** Marks our controllers: their routes say themselves who may call them, also when the host uses the guard as APP_GUARD. */
export const OWN_ROUTES_KEY = 'nest-authority:own-routes';

/** Schemes of a guarded route that names none (`@Scopes` alone, or the guard as APP_GUARD). */
const DEFAULT_SCHEMES = ['bearer', 'apiKey'];

/** What a route may require beyond a scheme. */
const REQUIREMENTS = [SCOPES_KEY, ANY_SCOPE_KEY, ROLES_KEY, STEP_UP_KEY];

/** How well, and how lately, a caller must have proved who they are (RFC 9470 3). */
export interface StepUpNeed {
  /** One of these strengths, or a higher one; null: any. */
  readonly acr: readonly string[] | null;
  /** Null: however long ago. */
  readonly maxAgeSeconds: number | null;
}

/** What a route requires of its callers. */
export interface AuthPolicy {
  readonly isPublic: boolean;
  readonly isOptional: boolean;
  /** Accepted schemes, each with what it must fulfil beyond scopes. */
  readonly schemes: ReadonlyMap<string, unknown>;
  /** The principal needs all of these. */
  readonly scopes: readonly string[];
  /** The principal needs one of each group. */
  readonly anyScope: readonly (readonly string[])[];
  /** The principal needs one role of each group. */
  readonly roles: readonly (readonly string[])[];
  /** The principal needs to meet each. */
  readonly stepUp: readonly StepUpNeed[];
}

type Target = Function;

const policies = new WeakMap<Target, WeakMap<Target, AuthPolicy>>();

/** Schemes: the nearest declaration wins. Scopes, roles and step-up: class and method add up. Read once per route, then cached. */
export function policyOf(handler: Target, controller: Target): AuthPolicy {
  const byController = policies.get(handler) ?? new WeakMap<Target, AuthPolicy>();
  policies.set(handler, byController);
  const known = byController.get(controller);
  if (known) return known;
  const policy = readPolicy(handler, controller);
  byController.set(controller, policy);
  return policy;
}

/** Whether the route or its class declares anything about authentication. */
export function isDeclared(handler: Target, controller: Target): boolean {
  return [handler, controller].some((target) => asks(target) || has(PUBLIC_KEY, target) || has(OPTIONAL_KEY, target));
}

/** Whether decorators of ours on the route or its class refuse somebody. */
export function asksForCredential(handler: Target, controller: Target): boolean {
  return isDeclared(handler, controller) && !isPublic(handler, controller);
}

/** The nearest declaration wins; a public or optional class does not cover a method that asks for more. */
function isPublic(handler: Target, controller: Target): boolean {
  if (has(PUBLIC_KEY, handler)) return true;
  if (isDeclared(handler, controller))
    return has(PUBLIC_KEY, controller) && !asks(handler) && !has(OPTIONAL_KEY, handler);
  return has(OWN_ROUTES_KEY, controller);
}

/** Whether a target requires a scheme, or anything beyond. */
function asks(target: Target): boolean {
  return schemesOf(target).size > 0 || REQUIREMENTS.some((key) => Reflect.hasMetadata(key, target));
}

function readPolicy(handler: Target, controller: Target): AuthPolicy {
  const own = schemesOf(handler);
  const inherited = schemesOf(controller);
  const schemes = own.size > 0 ? own : inherited;
  return {
    isPublic: isPublic(handler, controller),
    isOptional: has(OPTIONAL_KEY, handler) || (!asks(handler) && has(OPTIONAL_KEY, controller)),
    schemes: schemes.size > 0 ? schemes : new Map(DEFAULT_SCHEMES.map((scheme) => [scheme, undefined])),
    scopes: [...new Set([...list<string>(SCOPES_KEY, controller), ...list<string>(SCOPES_KEY, handler)])],
    anyScope: [...list<string[]>(ANY_SCOPE_KEY, controller), ...list<string[]>(ANY_SCOPE_KEY, handler)],
    roles: [...list<string[]>(ROLES_KEY, controller), ...list<string[]>(ROLES_KEY, handler)],
    stepUp: [...list<StepUpNeed>(STEP_UP_KEY, controller), ...list<StepUpNeed>(STEP_UP_KEY, handler)],
  };
}

function schemesOf(target: Target): Map<string, unknown> {
  const schemes = new Map<string, unknown>();
  for (const key of Reflect.getMetadataKeys(target)) {
    if (typeof key === 'string' && key.startsWith(SCHEME_KEY_PREFIX)) {
      schemes.set(
        key.slice(SCHEME_KEY_PREFIX.length),
        (Reflect.getMetadata(key, target) as { requirement?: unknown }).requirement,
      );
    }
  }
  return schemes;
}

function has(key: string, target: Target): boolean {
  return Reflect.getMetadata(key, target) === true;
}

function list<T>(key: string, target: Target): T[] {
  return (Reflect.getMetadata(key, target) as T[] | undefined) ?? [];
}
