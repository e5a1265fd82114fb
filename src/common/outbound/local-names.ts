import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';

/** What this machine's own configuration says about names, besides the DNS. */
export interface LocalNames {
  /** Addresses in the hosts file, by lower-case name. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** Domains in which a short name is tried (`search`, resolv.conf(5)). */
  readonly search: readonly string[];
  /** A name with at least this many dots is first tried as it is (`options ndots`). */
  readonly ndots: number;
}

const KEEP_MILLISECONDS = 5_000;
const MAX_DOMAINS = 6;
const MAX_NDOTS = 15;
const HOSTS_FILE =
  process.platform === 'win32'
    ? join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts';
const RESOLVER_FILE = '/etc/resolv.conf';

let known: { readonly names: LocalNames; readonly until: number } | undefined;

/**
 * The hosts file and the search list, read again after a few seconds. Read synchronously: the files are small, and an asynchronous read
 * takes one of the few threads that database connections need for their own look-ups.
 */
export function localNames(): LocalNames {
  if (!known || performance.now() >= known.until)
    known = {
      names: { hosts: parseHosts(read(HOSTS_FILE)), ...parseResolver(read(RESOLVER_FILE)) },
      until: performance.now() + KEEP_MILLISECONDS,
    };
  return known.names;
}

/** hosts(5). A name on several lines has the addresses of all of them. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of linesOf(text)) {
    const [address = '', ...names] = line.split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names.map((one) => one.toLowerCase())) hosts.set(name, [...(hosts.get(name) ?? []), address]);
  }
  return hosts;
}

/** resolv.conf(5): the last `search` or `domain` counts. Node itself reads the servers. */
export function parseResolver(text: string): Pick<LocalNames, 'search' | 'ndots'> {
  let search: string[] = [];
  let ndots = 1;
  for (const line of linesOf(text)) {
    const [word, ...values] = line.split(/\s+/);
    if (word === 'search' || word === 'domain') search = values.map((value) => value.toLowerCase().replace(/\.$/, ''));
    if (word === 'options') ndots = ndotsOf(values) ?? ndots;
  }
  return { search: search.filter((domain) => domain !== '').slice(0, MAX_DOMAINS), ndots };
}

function ndotsOf(options: readonly string[]): number | undefined {
  const digits = options.map((option) => /^ndots:(\d{1,3})$/.exec(option)?.[1]).find((found) => found !== undefined);
  return digits === undefined ? undefined : Math.min(Number(digits), MAX_NDOTS);
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.replace(/[#;].*$/, '').trim());
}

/** Empty when the file does not exist or cannot be read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
