import { Inject, Injectable } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { SCHEME_KEY_PREFIX } from '../http/routes/auth-policy.js';
import type { ResourceSettings } from '../resources/resource.settings.js';
import type { BearerRequirement } from './bearer.authenticator.js';
import { ROUTE_TERMS, type RouteTerms } from './route-terms.js';

const BEARER = `${SCHEME_KEY_PREFIX}bearer`;

/** The resources that decorators name. Found at the start, so that a name that means nothing is not found by the first request. */
@Injectable()
export class ProtectedRoutes {
  private readonly scanner = new MetadataScanner();

  constructor(
    private readonly modules: ModulesContainer,
    @Inject(ROUTE_TERMS) private readonly terms: RouteTerms,
  ) {}

  /** @throws Error that tells where a resource is named that there is not; stops the boot */
  named(): ResourceSettings[] {
    return [...new Set(this.classes().flatMap((one) => this.namedBy(one)))];
  }

  /** Controllers, and what may be a resolver, a gateway or a set of tools. */
  private classes(): Function[] {
    const wrappers = [...this.modules.values()].flatMap(({ controllers, providers }) => [
      ...controllers.values(),
      ...providers.values(),
    ]);
    const classes = wrappers.flatMap(({ metatype }) =>
      typeof metatype === 'function' && metatype.prototype ? metatype : [],
    );
    return [...new Set<Function>(classes)];
  }

  private namedBy(one: Function): ResourceSettings[] {
    const prototype = one.prototype as Readonly<Record<string, unknown>>;
    const methods = this.scanner.getAllMethodNames(prototype).map((name) => [`${one.name}.${name}`, prototype[name]]);
    return [[one.name, one], ...methods].flatMap(([place, target]) => this.namedAt(String(place), target));
  }

  private namedAt(place: string, target: unknown): ResourceSettings[] {
    if (typeof target !== 'function') return [];
    const accepted = Reflect.getMetadata(BEARER, target) as { readonly requirement?: BearerRequirement } | undefined;
    const name = accepted?.requirement?.resource;
    if (name === undefined) return [];
    try {
      return [this.terms.resources.named(name)];
    } catch (error) {
      throw new Error(`@ProtectedResource() at ${place}: ${(error as Error).message}`, { cause: error });
    }
  }
}
