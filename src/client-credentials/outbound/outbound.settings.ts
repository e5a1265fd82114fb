import { Logger } from '@nestjs/common';
import { readOptions, type SettingsOf } from '../../common/options/read-options.js';
import type { NormaliseTokenAnswer } from '../../common/outbound/answer-reader.js';
import { isScopeToken } from '../../common/principal/scopes.js';
import { ON_BEHALF_OF_PARAMETERS, requireFlowOf, resolveOnBehalfOf, type OnBehalfOf } from './on-behalf-of.settings.js';
import { isMissing } from './option-checks.js';
import { APPLICATION_OPTIONS, type OUTBOUND_OPTIONS, type OutboundApplicationOptions } from './outbound.options.js';
import { resolveProvider, type ProviderKind, type ResolvedProvider } from './provider.settings.js';

export interface OutboundApplication {
  readonly name: string;
  readonly providerName: string;
  /** Sorted, without duplicates. */
  readonly scope: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  /** Null: it acts for itself. */
  readonly onBehalfOf: OnBehalfOf | null;
}

export interface OutboundSettings {
  readonly applications: ReadonlyMap<string, OutboundApplication>;
  readonly providers: ReadonlyMap<string, ResolvedProvider>;
  /** Decides the error code for an unknown application. */
  readonly defaultKind: ProviderKind;
  readonly timeoutMilliseconds: number;
  readonly normaliseTokenAnswer: NormaliseTokenAnswer | null;
}

export const DEFAULT_PROVIDER = 'microsoft';
const NAME = /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/;
const MAX_SCOPES = 100;
/** Parameters that only we set. */
const RESERVED_PARAMETERS = new Set([
  'grant_type',
  'scope',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]);

/**
 * Checks the options and fills in the defaults. A provider that lacks a value is reported by `getToken`, which has error codes for
 * it: a host should be able to start without the secrets of every API it may call.
 * @throws Error with option and remedy; stops the boot
 */
export function resolveOutboundOptions(given: SettingsOf<typeof OUTBOUND_OPTIONS>): OutboundSettings {
  const root = 'clientCredentials.outbound';
  const providers = new Map(
    entriesOf(`${root}.providers`, given.providers).map(([name, one]) => [
      name,
      resolveProvider(`${root}.providers.${name}`, name, one ?? {}),
    ]),
  );
  const applications = new Map(
    entriesOf(`${root}.applications`, given.applications).map(([name, one]) => [
      name,
      resolveApplication(`${root}.applications.${name}`, name, one),
    ]),
  );
  for (const { providerName, name, scope, onBehalfOf } of applications.values()) {
    const provider = providers.get(providerName);
    if (kindOf(providers, providerName) === 'microsoft' && scope.length === 0)
      throw new Error(
        `${root}.applications.${name}.scope: Microsoft wants a scope, e.g. https://graph.microsoft.com/.default.`,
      );
    requireFlowOf(kindOf(providers, providerName), `${root}.applications.${name}`, onBehalfOf);
    const problem = provider ? provider.problem : 'it is not configured';
    if (problem !== null) new Logger('AuthOutbound').warn(`provider "${providerName}" of "${name}": ${problem}`);
  }
  return Object.freeze({
    applications,
    providers,
    defaultKind: providers.size === 0 || providers.has(DEFAULT_PROVIDER) ? 'microsoft' : 'oauth',
    timeoutMilliseconds: given.timeoutSeconds * 1000,
    normaliseTokenAnswer: given.normaliseTokenAnswer,
  });
}

/** The kind of a provider, even of one that is not configured. */
export function kindOf(providers: ReadonlyMap<string, ResolvedProvider>, name: string): ProviderKind {
  return providers.get(name)?.kind ?? (name === DEFAULT_PROVIDER ? 'microsoft' : 'oauth');
}

function resolveApplication(option: string, name: string, given: OutboundApplicationOptions): OutboundApplication {
  const settings = readOptions(option, given, APPLICATION_OPTIONS);
  const { scope, provider, parameters } = settings;
  const onBehalfOf = resolveOnBehalfOf(option, settings);
  if (scope === null || scope.length > MAX_SCOPES || !scope.every(isScopeToken))
    throw new Error(`${option}.scope: give an array of at most ${MAX_SCOPES} scopes, e.g. ['orders:read'].`);
  for (const [key, value] of Object.entries(parameters)) {
    if (RESERVED_PARAMETERS.has(key) || (onBehalfOf && ON_BEHALF_OF_PARAMETERS.includes(key)))
      throw new Error(`${option}.parameters.${key}: this member is not yours to set.`);
    if (typeof value !== 'string') throw new Error(`${option}.parameters.${key}: give a text.`);
  }
  return Object.freeze({
    name,
    providerName: isMissing(provider) ? DEFAULT_PROVIDER : provider!,
    scope: Object.freeze([...new Set(scope)].toSorted()),
    parameters: Object.freeze({ ...parameters }),
    onBehalfOf,
  });
}

function entriesOf<T>(option: string, record: Readonly<Record<string, T>>): [string, T][] {
  const entries = Object.entries(record);
  const bad = entries.find(([name]) => !NAME.test(name));
  if (bad)
    throw new Error(`${option}: ${JSON.stringify(bad[0])} is not a name. Use 1 to 200 printable ASCII characters.`);
  return entries;
}
