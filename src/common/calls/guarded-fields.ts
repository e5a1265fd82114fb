import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { asksForCredential } from '../http/routes/auth-policy.js';
import { isObject } from './is-object.js';

/** Of @nestjs/graphql, which not every host has. */
const OPTIONS_TOKEN = 'GqlModuleOptions';
const FIELD_KEY = 'graphql:resolve_property';

type Module = ModulesContainer extends Map<string, infer One> ? One : never;
type GraphqlOptions = Readonly<Record<string, unknown>>;

/**
 * Tells at the start which guards would silently not run: on the resolvers of fields GraphQLModule runs them only where its options say so.
 */
@Injectable()
export class GuardedFields implements OnApplicationBootstrap {
  private readonly logger = new Logger('AuthGuard');
  private readonly scanner = new MetadataScanner();

  constructor(private readonly modules: ModulesContainer) {}

  onApplicationBootstrap(): void {
    const all = [...this.modules.values()];
    const open = all.map(optionsOf).filter((options) => options !== undefined && !runsGuards(options));
    this.warnOf([...new Set(open.flatMap((options) => included(all, options!).flatMap((one) => this.fieldsOf(one))))]);
  }

  private warnOf(fields: readonly string[]): void {
    if (fields.length === 0) return;
    this.logger.warn(
      `These resolvers of fields are guarded by decorators that do not run: ${fields.join(', ')}. Add to the options of GraphQLModule: ` +
        `fieldResolverEnhancers: ['guards', 'filters'].`,
    );
  }

  private fieldsOf({ providers }: Module): string[] {
    return [...providers.values()].flatMap(({ metatype, name }) => {
      const prototype: unknown = typeof metatype === 'function' ? metatype.prototype : undefined;
      if (!isObject(prototype)) return [];
      return this.scanner
        .getAllMethodNames(prototype)
        .filter((method) => isGuardedField(prototype[method], metatype as Function))
        .map((method) => `${String(name)}.${method}`);
    });
  }
}

function optionsOf({ providers }: Module): GraphqlOptions | undefined {
  const options: unknown = providers.get(OPTIONS_TOKEN)?.instance;
  return isObject(options) ? options : undefined;
}

function runsGuards({ fieldResolverEnhancers: enhancers }: GraphqlOptions): boolean {
  return Array.isArray(enhancers) && enhancers.includes('guards');
}

/** As GraphQLModule chooses them. */
function included(all: readonly Module[], { include }: GraphqlOptions): readonly Module[] {
  if (!Array.isArray(include) || include.length === 0) return all;
  return all.filter(({ metatype }) => include.includes(metatype));
}

function isGuardedField(method: unknown, resolver: Function): boolean {
  if (typeof method !== 'function' || Reflect.getMetadata(FIELD_KEY, method) !== true) return false;
  return asksForCredential(method, resolver);
}
