// Runs once before jest, outside its VM. Gives every test file TEST_POSTGRES_URL: a server on which it may create
// databases. Without TEST_DATABASE_URL that is a throw-away cluster of the embedded PostgreSQL.
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'nest-authority-test-';
/** A run makes its folder and takes the lock in it a moment later; younger folders are therefore left alone. */
const UNLOCKED_GRACE_MS = 60_000;
const launcher = new URL('../dist/demo/embedded-postgres/', import.meta.url);

export default async function globalSetup() {
  if (process.env.TEST_DATABASE_URL) {
    process.env.TEST_POSTGRES_URL = process.env.TEST_DATABASE_URL;
    return;
  }
  if (!existsSync(new URL('start-embedded-postgres.js', launcher))) {
    throw new Error('dist/ is missing: run `npm run build` before jest, or set TEST_DATABASE_URL.');
  }
  const { startEmbeddedPostgres } = await import(new URL('start-embedded-postgres.js', launcher).href);
  await deleteLeftovers();
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await chmod(folder, 0o711); // as root the server runs as another user, who has to pass
  const remove = () => rm(folder, { recursive: true, force: true });
  const cluster = await startEmbeddedPostgres({ dataDirectory: join(folder, 'cluster'), durable: false }).catch(
    async (error) => {
      await remove();
      throw error;
    },
  );
  process.env.TEST_POSTGRES_URL = cluster.url;
  // Should jest end through process.exit, the cluster's keeper stops the server and deletes the data.
  globalThis.stopTestCluster = () => cluster.stop().then(remove);
}

/** Clusters of runs that were killed: their data is of no use to anyone. */
async function deleteLeftovers() {
  const { lockState } = await import(new URL('cluster-lock.js', launcher).href);
  const { stopOrphan } = await import(new URL('postmaster.js', launcher).href);
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    try {
      const state = lockState(join(folder, 'cluster.lock'));
      const ageMs = Date.now() - (await stat(folder)).mtimeMs;
      if (state === 'held' || state === 'closing' || (state === 'free' && ageMs < UNLOCKED_GRACE_MS)) continue;
      await stopOrphan(join(folder, 'cluster'));
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or deleted by another run at the same time.
    }
  }
}
