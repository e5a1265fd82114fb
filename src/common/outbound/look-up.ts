import dns, { promises, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { localNames, type LocalNames } from './local-names.js';

/** One question to one server; the deadline of the whole request ends them all. */
const TRY_MILLISECONDS = 1_000;
const TRIES = 2;
/** Some servers never answer for IPv6: who has addresses of one family waits no longer for the other (RFC 8305 3). */
const LATE_FAMILY_MILLISECONDS = 200;
/** The name exists not, or not in this family. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);
const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * The addresses of a host: of itself, of the hosts file, or of the DNS with the search list of this machine. The DNS is asked by c-ares
 * and not by the system's `getaddrinfo`: of that only a few run at a time in the whole process, nobody can call one off, and database
 * connections need them too. The servers are those of `dns.getServers()`, which a host may set.
 * @param signal calls it off
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

/** Names under which the DNS is asked, in turn (resolv.conf(5)). One that ends with a dot is meant as it is. */
export function spellings(host: string, { search, ndots }: Pick<LocalNames, 'search' | 'ndots'>): string[] {
  if (host.endsWith('.')) return [host];
  const longer = search.map((domain) => `${host}.${domain}`);
  return host.split('.').length - 1 >= ndots ? [host, ...longer] : [...longer, host];
}

/** `localhost` and what is below it are this machine, whatever anybody says (RFC 6761 6.3). */
function ownAddresses(host: string, { hosts }: LocalNames): readonly string[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  return hosts.get(name) ?? (/(?:^|\.)localhost$/.test(name) ? LOOPBACK : []);
}

/** One for each look-up, since calling off means all that a resolver is at. */
function makeResolver(): promises.Resolver {
  const resolver = new promises.Resolver({ timeout: TRY_MILLISECONDS, tries: TRIES });
  // Not by a named import: that stays bound to what was set before.
  const servers = dns.getServers();
  if (servers.join() !== resolver.getServers().join()) resolver.setServers(servers);
  return resolver;
}

/** @throws what the DNS says, when neither family has an address and one of them might */
async function resolve(resolver: promises.Resolver, name: string): Promise<LookupAddress[]> {
  const families = [resolver.resolve4(name), resolver.resolve6(name)].map((asked) => asked.then(settle, fault));
  const first = await Promise.race(families);
  const late = first.addresses.length > 0 ? sleep(LATE_FAMILY_MILLISECONDS, NOTHING, { ref: false }) : undefined;
  const answers = await Promise.all(families.map((family) => (late ? Promise.race([family, late]) : family)));
  const found = answers.flatMap(({ addresses }) => addresses);
  const failed = answers.find(({ error }) => error !== undefined);
  if (found.length === 0 && failed) throw failed.error;
  return found.map(toAddress);
}

interface FamilyAnswer {
  readonly addresses: readonly string[];
  readonly error?: unknown;
}

const NOTHING: FamilyAnswer = { addresses: [] };

function settle(addresses: string[]): FamilyAnswer {
  return { addresses };
}

function fault(error: unknown): FamilyAnswer {
  return ABSENT.has((error as { code?: unknown } | null)?.code) ? NOTHING : { addresses: [], error };
}

function toAddress(address: string): LookupAddress {
  return { address, family: isIP(address) };
}
