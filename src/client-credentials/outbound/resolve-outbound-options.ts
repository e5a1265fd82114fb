import { Logger } from '@nestjs/common';
import { requireKnownKeys } from '../../common/options/known-keys.js';
import { resolveSeconds } from '../../common/options/duration.js';
import type { NormaliseTokenAnswer } from '../../common/outbound/answer-reader.js';
import { isScopeToken } from '../../common/principal/scopes.js';
import { isMissing } from './option-checks.js';
import type { OutboundApplicationOptions, OutboundOptions } from './outbound.options.js';
import { resolveProvider, type ProviderKind, type ResolvedProvider } from './resolve-provider.js';
import { requireKinds } from '../../common/options/option-kinds.js';

export interface OutboundApplication {
  readonly name: string;
  readonly providerName: string;
  /** Sorted, each once. */
  readonly scope: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
}

export interface OutboundSettings {
  readonly applications: ReadonlyMap<string, OutboundApplication>;
  readonly providers: ReadonlyMap<string, ResolvedProvider>;
  /** Whose error codes an unknown application is told with. */
  readonly defaultKind: ProviderKind;
  readonly timeoutMilliseconds: number;
  readonly normaliseTokenAnswer: NormaliseTokenAnswer | null;
}

export const DEFAULT_PROVIDER = 'microsoft';
const NAME = /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/;
const MAX_SCOPES = 100;
/** What the request itself is made of. */
const RESERVED_PARAMETERS = new Set([
  'grant_type',
  'scope',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]);

/**
 * Checks the options and fills in the defaults. A provider that lacks a value is left to `getToken`, which has error codes for that:
 * a host should start without the secrets of every API it may call.
 * @throws Error with option and remedy; stops the boot
 */
export function resolveOutboundOptions(options: OutboundOptions = {}): OutboundSettings {
  const root = 'clientCredentials.outbound';
  requireKnownKeys(root, options, ['applications', 'providers', 'timeout', 'normaliseTokenAnswer']);
  requireKinds(root, options, {
    applications: 'block',
    providers: 'block',
    timeout: 'duration',
    normaliseTokenAnswer: 'function',
  });
  const providers = new Map(
    entriesOf(`${root}.providers`, options.providers).map(([name, given]) => [
      name,
      resolveProvider(`${root}.providers.${name}`, name, given ?? {}),
    ]),
  );
  const applications = new Map(
    entriesOf(`${root}.applications`, options.applications).map(([name, given]) => [
      name,
      resolveApplication(`${root}.applications.${name}`, name, given),
    ]),
  );
  for (const { providerName, name, scope } of applications.values()) {
    const provider = providers.get(providerName);
    if (kindOf(providers, providerName) === 'microsoft' && scope.length === 0)
      throw new Error(
        `${root}.applications.${name}.scope: Microsoft wants a scope, e.g. https://graph.microsoft.com/.default.`,
      );
    const problem = provider ? provider.problem : 'it is not configured';
    if (problem !== null) new Logger('AuthOutbound').warn(`provider "${providerName}" of "${name}": ${problem}`);
  }
  return Object.freeze({
    applications,
    providers,
    defaultKind: providers.size === 0 || providers.has(DEFAULT_PROVIDER) ? 'microsoft' : 'oauth',
    timeoutMilliseconds: resolveSeconds(`${root}.timeout`, options.timeout ?? '2s', { min: 1, max: 10 }) * 1000,
    normaliseTokenAnswer: options.normaliseTokenAnswer ?? null,
  });
}

/** The kind of a provider, also of one that is not configured. */
export function kindOf(providers: ReadonlyMap<string, ResolvedProvider>, name: string): ProviderKind {
  return providers.get(name)?.kind ?? (name === DEFAULT_PROVIDER ? 'microsoft' : 'oauth');
}

function resolveApplication(option: string, name: string, given: OutboundApplicationOptions): OutboundApplication {
  requireKnownKeys(option, given, ['scope', 'provider', 'parameters']);
  requireKinds(option, given, { scope: 'texts', provider: 'text', parameters: 'block' });
  const { scope, provider, parameters } = given ?? {};
  const good =
    Array.isArray(scope) &&
    scope.length <= MAX_SCOPES &&
    scope.every((token) => typeof token === 'string' && isScopeToken(token));
  if (!good) throw new Error(`${option}.scope: give an array of at most ${MAX_SCOPES} scopes, e.g. ['orders:read'].`);
  for (const [key, value] of Object.entries(parameters ?? {})) {
    if (RESERVED_PARAMETERS.has(key)) throw new Error(`${option}.parameters.${key}: this member is not yours to set.`);
    if (typeof value !== 'string') throw new Error(`${option}.parameters.${key}: give a text.`);
  }
  return Object.freeze({
    name,
    providerName: isMissing(provider) ? DEFAULT_PROVIDER : provider!,
    scope: Object.freeze([...new Set(scope)].toSorted()),
    parameters: Object.freeze({ ...parameters }),
  });
}

function entriesOf<T>(option: string, record: Readonly<Record<string, T>> | undefined): [string, T][] {
  if (record !== undefined && (record === null || typeof record !== 'object' || Array.isArray(record)))
    throw new Error(`${option}: give an object, names to settings.`);
  const entries = Object.entries(record ?? {});
  const bad = entries.find(([name]) => !NAME.test(name));
  if (bad) throw new Error(`${option}: ${JSON.stringify(bad[0])} is no name. Use 1 to 200 printable ASCII characters.`);
  return entries;
}
