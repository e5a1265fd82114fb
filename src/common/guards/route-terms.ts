import type { ImpliedScopes } from '../principal/implied-scopes.js';
import { NO_RESOURCES, type Resources } from '../resources/resources.js';
import type { ResourceSettings } from '../resources/resource.settings.js';

/** What the options of an application say of its routes. */
export interface RouteTerms {
  readonly resources: Resources;
  /** The resource of routes that name neither resource nor audience; null: none. */
  readonly everyRouteOf: ResourceSettings | null;
  /** Null: no scope has another within it. */
  readonly impliedScopes: ImpliedScopes | null;
}

/** Every application that guards routes has this provider. */
export const ROUTE_TERMS = Symbol('nest-authority:route-terms');

export const NO_TERMS: RouteTerms = Object.freeze({
  resources: NO_RESOURCES,
  everyRouteOf: null,
  impliedScopes: null,
});
