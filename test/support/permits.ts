import type { KeyApp } from './api-keys.js';
import { watchPool } from './pool.js';

/** Statements that a host sends, by name. */
export function countStatements(host: KeyApp): Record<string, number> {
  const sent: Record<string, number> = {};
  watchPool(host, (name) => (sent[name] = (sent[name] ?? 0) + 1));
  return sent;
}

/** Requests one after another, each by the next of these hosts in turn. @returns the statuses */
export async function inTurn(hosts: readonly KeyApp[], key: string, count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let request = 0; request < count; request++)
    statuses.push((await hosts[request % hosts.length]!.use(key)).status);
  return statuses;
}

/** Requests over this many connections to each host at once. @returns the statuses */
export async function atOnce(
  hosts: readonly KeyApp[],
  key: string,
  { requests, connections }: { readonly requests: number; readonly connections: number },
): Promise<number[]> {
  let left = requests;
  const statuses: number[] = [];
  const connection = async (host: KeyApp) => {
    while (left-- > 0) statuses.push((await host.use(key)).status);
  };
  await Promise.all(hosts.flatMap((host) => Array.from({ length: connections }, () => connection(host))));
  return statuses;
}

export const passed = (statuses: readonly number[]): number => statuses.filter((status) => status === 200).length;

/** What the row counts of a key's window, and how much of that is in memories. */
export async function windowOf(host: KeyApp, id: string): Promise<{ counted: number; held: number }> {
  const [row] = await host.sql<{ counted: number; held: number }>(
    'SELECT window_count AS counted, window_held AS held FROM auth_api_key WHERE id = $1',
    [id],
  );
  return row!;
}

/** Uses a key until this host holds permits of it. @returns how many requests that took */
export async function useUntilHeld(host: KeyApp, { id, key }: { id: string; key: string }, held = 1): Promise<number> {
  for (let requests = 1; requests <= 200; requests++) {
    expect((await host.use(key)).status).toBe(200);
    if ((await windowOf(host, id)).held >= held) return requests;
  }
  throw new Error('no block was taken');
}
