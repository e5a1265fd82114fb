import type { Pool } from 'pg';
import type { TestApp } from './app.js';

/** The pg pool under the application's data source. */
export function poolOf(host: TestApp): Pool {
  return (host.dataSource.driver as unknown as { master: Pool }).master;
}

/** How often `work` took a connection: every statement of this project needs one. */
export async function countAcquired(host: TestApp, work: () => Promise<unknown>): Promise<number> {
  const pool = poolOf(host);
  let count = 0;
  const onAcquire = () => count++;
  pool.on('acquire', onAcquire);
  try {
    await work();
  } finally {
    pool.removeListener('acquire', onAcquire);
  }
  return count;
}
