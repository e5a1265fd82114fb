import { MetadataScanner, type ApplicationConfig, type ModulesContainer } from '@nestjs/core';
import { AuthGuard } from '../guards/auth.guard.js';
import { FirstPartyGuard } from '../guards/session-auth.js';
import { policyOf } from '../http/routes/auth-policy.js';
import type { ConnectionNeeds } from './connection-needs.js';

/** Where a gateway listens, as its decorator says. */
export interface GatewayPlace {
  readonly port: number;
  readonly path: string | undefined;
  readonly namespace: unknown;
}

type Target = Function;
type Module = ModulesContainer extends Map<string, infer One> ? One : never;
interface Gateway {
  readonly target: Target;
  readonly module: Module;
}

/** Gateways of the application; the metadata is that of `@nestjs/websockets`, which is no dependency of ours. */
export function gatewaysOf(modules: ModulesContainer): Gateway[] {
  return [...modules.values()].flatMap((module) =>
    [...module.providers.values()].flatMap(({ metatype, isNotMetatype }) =>
      typeof metatype === 'function' && !isNotMetatype && Reflect.hasMetadata('websockets:is_gateway', metatype)
        ? [{ target: metatype as Target, module }]
        : [],
    ),
  );
}

/** A connection belongs to all gateways of its place: it must meet the strictest. */
export function needsOf(place: GatewayPlace, modules: ModulesContainer, config: ApplicationConfig): ConnectionNeeds {
  const isGlobal =
    config.getGlobalGuards().some((guard) => guard instanceof AuthGuard) ||
    config.getGlobalRequestGuards().some(({ metatype }) => isAuthGuard(metatype));
  const gateways = gatewaysOf(modules).filter(({ target }) => isSame(place, placeOf(target)));
  const guarded = gateways.filter((gateway) => isGlobal || guardsOf(gateway.target, gateway).some(isAuthGuard));
  const closed = guarded
    .map((gateway) => ({ gateway, policy: policyOf(gateway.target, gateway.target) }))
    .filter(({ policy }) => !policy.isPublic && !policy.isOptional);
  return {
    reads: closed.length > 0 || gateways.some((gateway) => readsIn(gateway, guarded.includes(gateway))),
    policies: closed.map(({ policy }) => policy),
    inPerson: closed.some(({ gateway }) => guardsOf(gateway.target, gateway).includes(FirstPartyGuard)),
  };
}

/** Whether a handler of this gateway takes credentials. */
function readsIn(gateway: Gateway, isGuarded: boolean): boolean {
  const prototype = gateway.target.prototype as Record<string, Target>;
  return new MetadataScanner().getAllMethodNames(prototype).some((name) => {
    const handler = prototype[name]!;
    if (!Reflect.hasMetadata('websockets:message_mapping', handler)) return false;
    const reads = isGuarded || guardsOf(handler, gateway).some(isAuthGuard);
    return reads && !policyOf(handler, gateway.target).isPublic;
  });
}

/** As Nest will call them: a test may have put something else in their place. */
function guardsOf(target: Target, { module }: Gateway): unknown[] {
  const declared = (Reflect.getMetadata('__guards__', target) as unknown[] | undefined) ?? [];
  return declared.map((guard) => {
    if (typeof guard !== 'function' || guard === FirstPartyGuard) return guard;
    const { instance } = module.injectables.get(guard as never) ?? {};
    return instance ?? guard;
  });
}

function isAuthGuard(guard: unknown): boolean {
  if (guard instanceof AuthGuard || guard === AuthGuard) return true;
  return typeof guard === 'function' && guard.prototype instanceof AuthGuard;
}

function placeOf(gateway: Target): GatewayPlace {
  const { path, namespace } = (Reflect.getMetadata('websockets:gateway_options', gateway) ??
    {}) as Partial<GatewayPlace>;
  return { port: (Reflect.getMetadata('port', gateway) as number | undefined) ?? 0, path, namespace };
}

function isSame(one: GatewayPlace, other: GatewayPlace): boolean {
  return one.port === other.port && one.path === other.path && nameOf(one.namespace) === nameOf(other.namespace);
}

/** Socket.io's own name of the namespace without one is `/`. */
function nameOf(namespace: unknown): string {
  return `/${String(namespace ?? '')}`.replace(/^\/+/, '/');
}
