import { readFileSync } from 'node:fs';
import type { OutboundApplicationOptions, OutboundOptions } from 'nest-authority';

/** The content of AUTH_OUTBOUND_FILE: the options as they are, and for each application the address that the demo calls with its token. */
export interface OutboundConfig {
  readonly options: OutboundOptions;
  /** By application. */
  readonly downstream: ReadonlyMap<string, string>;
}

export const NO_OUTBOUND: OutboundConfig = { options: {}, downstream: new Map() };

type ApplicationRecord = OutboundApplicationOptions & { readonly url?: string };

/** @throws Error that names the variable; the library checks the options themselves */
export function readOutbound(file: string): OutboundConfig {
  const record: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (record === null || typeof record !== 'object' || Array.isArray(record))
    throw new Error(`AUTH_OUTBOUND_FILE: ${file} is not a JSON object.`);
  const { applications, ...rest } = record as OutboundOptions & { applications?: Record<string, ApplicationRecord> };
  const downstream = new Map<string, string>();
  const options: Record<string, OutboundApplicationOptions> = {};
  for (const [name, { url, ...application }] of Object.entries(applications ?? {})) {
    options[name] = application;
    if (url === undefined) continue;
    if (!URL.canParse(url)) throw new Error(`AUTH_OUTBOUND_FILE: the url of "${name}" is not an address.`);
    downstream.set(name, url);
  }
  return { options: { ...rest, applications: options }, downstream };
}
