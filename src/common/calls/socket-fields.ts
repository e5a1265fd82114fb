import type { IncomingMessage } from 'node:http';
import type { HeaderBag } from '../http/request/headers.js';
import { isObject } from './is-object.js';

/** Node keeps the first of these; the values of others it joins (RFC 9110 5.3). */
const SINGLE = new Set(['authorization', 'host', 'referer', 'user-agent']);
/** Nobody presents more; a payload may have a million members. */
const MAX_PARAMS = 50;

export interface PresentedFields {
  readonly headers: HeaderBag;
  /** Only what tells that a credential came twice. */
  readonly rawHeaders: string[];
}

/** Header fields as they arrived: Mercurius adds the payload of `connection_init` to `headers`. */
export function arrivedFields({ headersDistinct }: IncomingMessage): HeaderBag {
  const fields = Object.entries(headersDistinct as Record<string, string[]>);
  return Object.fromEntries(fields.map(([name, values]) => [name, joined(name, values)]));
}

/**
 * Where the credential of an operation over a socket is looked for: in the fields with which the socket was opened, and in what its client
 * has sent as `connectionParams`, since browsers cannot set headers: `{ authorization: 'Bearer …' }` or `{ 'x-api-key': … }`, in any case.
 * Only texts count, and no cookie. Nothing but a credential is read of these fields: the sender could write any address or origin.
 */
export function presentedFields(arrived: HeaderBag, connectionParams: unknown): PresentedFields {
  const fields = new Map(Object.entries(arrived).map(([name, value]) => [name, [value as string]]));
  for (const [name, value] of textsOf(connectionParams)) fields.set(name, [...(fields.get(name) ?? []), value]);
  return {
    headers: Object.fromEntries([...fields].map(([name, values]) => [name, joined(name, values)])),
    rawHeaders: (fields.get('authorization') ?? []).flatMap((value) => ['authorization', value]),
  };
}

function textsOf(connectionParams: unknown): [name: string, value: string][] {
  if (!isObject(connectionParams)) return [];
  const params = Object.entries(connectionParams).slice(0, MAX_PARAMS);
  return params.flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && name.toLowerCase() !== 'cookie' ? [[name.toLowerCase(), value]] : [],
  );
}

function joined(name: string, values: readonly string[]): string {
  return SINGLE.has(name) ? values[0]! : values.join(name === 'cookie' ? '; ' : ', ');
}
