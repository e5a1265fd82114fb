import dns, { promises, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { localNames, type LocalNames } from './local-names.js';

/** Limit of one query to one server; the deadline of the whole request ends all queries. */
const TRY_MILLISECONDS = 1_000;
const TRIES = 2;
/** Some servers never answer for IPv6: once one family has addresses, the other is awaited only this long (RFC 8305 3). */
const LATE_FAMILY_MILLISECONDS = 200;
/** The name does not exist, or has no address of this family. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);
const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * The addresses of a host: the host itself when it is an address, else from the hosts file, or from the DNS with this machine's search
 * list. The DNS is asked by c-ares and not by the system's `getaddrinfo`: only a few of those calls can run at a time in the whole
 * process, they cannot be cancelled, and database connections need them too. The servers are `dns.getServers()`, which a host may set.
 * @param signal cancels the look-up
 * @throws Error with the `code` of the DNS
 */
export async function lookUp(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  if (isIP(host) !== 0) return [toAddress(host)];
  const local = localNames();
  const own = ownAddresses(host, local);
  if (own.length > 0) return own.map(toAddress);
  signal.throwIfAborted();
  const resolver = makeResolver();
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (const name of spellings(host, local)) {
      const found = await resolve(resolver, name);
      if (found.length > 0) return found;
    }
    throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

/** The names to ask the DNS for, in this order (resolv.conf(5)). A name that ends with a dot is used as it is. */
export function spellings(host: string, { search, ndots }: Pick<LocalNames, 'search' | 'ndots'>): string[] {
  if (host.endsWith('.')) return [host];
  const longer = search.map((domain) => `${host}.${domain}`);
  return host.split('.').length - 1 >= ndots ? [host, ...longer] : [...longer, host];
}

/** Addresses known without the DNS. `localhost` and names below it are this machine, whatever the DNS says (RFC 6761 6.3). */
function ownAddresses(host: string, { hosts }: LocalNames): readonly string[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  return hosts.get(name) ?? (/(?:^|\.)localhost$/.test(name) ? LOOPBACK : []);
}

/** A resolver for each look-up, since `cancel` ends all queries of a resolver. */
function makeResolver(): promises.Resolver {
  const resolver = new promises.Resolver({ timeout: TRY_MILLISECONDS, tries: TRIES });
  // Not by a named import, which would not see servers that the host sets later.
  const servers = dns.getServers();
  if (servers.join() !== resolver.getServers().join()) resolver.setServers(servers);
  return resolver;
}

/** @throws the DNS error, when no address was found and a family failed, so that it might have one */
async function resolve(resolver: promises.Resolver, name: string): Promise<LookupAddress[]> {
  const families = [resolver.resolve4(name), resolver.resolve6(name)].map((asked) => asked.then(settle, fault));
  const first = await Promise.race(families);
  const late = first.addresses.length > 0 ? sleep(LATE_FAMILY_MILLISECONDS, NOTHING, { ref: false }) : undefined;
  const results = await Promise.all(families.map((family) => (late ? Promise.race([family, late]) : family)));
  const found = results.flatMap(({ addresses }) => addresses);
  const failed = results.find(({ error }) => error !== undefined);
  if (found.length === 0 && failed) throw failed.error;
  return found.map(toAddress);
}

interface FamilyResult {
  readonly addresses: readonly string[];
  readonly error?: unknown;
}

const NOTHING: FamilyResult = { addresses: [] };

function settle(addresses: string[]): FamilyResult {
  return { addresses };
}

function fault(error: unknown): FamilyResult {
  return ABSENT.has((error as { code?: unknown } | null)?.code) ? NOTHING : { addresses: [], error };
}

function toAddress(address: string): LookupAddress {
  return { address, family: isIP(address) };
}
