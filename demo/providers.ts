import { readFileSync } from 'node:fs';
import type { ProviderOptions } from 'nest-authority';

/**
 * AUTH_PROVIDERS_FILE: a JSON array of external providers, each with the members of `ProviderOptions`; snake_case as in RFC 7591 is also
 * accepted (`provider_id`, `client_id`, `client_secret`, `discovery_url` …), and `id` for `providerId`.
 * @throws Error that names the file and what it should contain
 */
export function readProviders(file: string): ProviderOptions[] {
  const records = JSON.parse(readFileSync(file, 'utf8')) as unknown;
  if (!Array.isArray(records) || records.some((record) => typeof record !== 'object' || record === null))
    throw new Error(`AUTH_PROVIDERS_FILE: ${file} is not a JSON array of objects.`);
  return (records as Record<string, unknown>[]).map(toOptions);
}

function toOptions(record: Record<string, unknown>): ProviderOptions {
  const { id, scope, ...rest } = Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
  return {
    ...(id !== undefined && { providerId: id }),
    ...(typeof scope === 'string' && { scopes: scope.split(' ') }),
    ...rest,
  } as unknown as ProviderOptions;
}
