import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProgram } from './programs.js';

/** PgBouncer in transaction mode, before a database of the test's server. */
export async function startPgbouncer(databaseUrl: string): Promise<{ url: string; close(): Promise<void> }> {
  const { hostname, port, username, pathname } = new URL(databaseUrl);
  const folder = mkdtempSync(join(tmpdir(), 'nest-authority-pgbouncer-'));
  // It refuses to run as root, and reads its file as whom it runs.
  chmodSync(folder, 0o711);
  const asNobody = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
  const bouncer = await startProgram('pgbouncer', (own) => {
    const settings = [
      '[databases]',
      `* = host=${hostname} port=${port} user=${username}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1\nlisten_port = ${own}\nunix_socket_dir =`,
      'ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout, options',
      'auth_type = any\npool_mode = transaction\ndefault_pool_size = 4',
    ];
    writeFileSync(join(folder, 'pgbouncer.ini'), settings.join('\n'));
    return ['--quiet', ...asNobody, join(folder, 'pgbouncer.ini')];
  });
  return {
    url: `postgres://${username}@127.0.0.1:${bouncer.port}${pathname}`,
    close: async () => {
      await bouncer.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
