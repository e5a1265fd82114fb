// Runs once before the e2e tests, outside their VM. Gives every test file TEST_POSTGRES_URL: a server on which it may
// create databases, without TEST_DATABASE_URL a throw-away cluster of the embedded PostgreSQL; and TEST_TEMPLATE, a name for the database of this run
// that others are copied from.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'nest-authority-test-';
/** A run makes its folder and takes the lock in it a moment later; younger folders are therefore left alone. */
const UNLOCKED_GRACE_MS = 60_000;
/** The demo's launcher of PostgreSQL, and where it is transpiled to: neither this file nor its keeper, a process, has a loader. */
const LAUNCHER = new URL('../demo/embedded-postgres/', import.meta.url);
const COMPILED = new URL('../.cache/embedded-postgres/', import.meta.url);

export default async function globalSetup() {
  process.env.TEST_TEMPLATE = `test_template_${randomBytes(6).toString('hex')}`;
  if (process.env.TEST_DATABASE_URL) {
    process.env.TEST_POSTGRES_URL = process.env.TEST_DATABASE_URL;
    return;
  }
  await compileLauncher();
  const { startEmbeddedPostgres } = await load('start-embedded-postgres.js');
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

const load = (file) => import(new URL(file, COMPILED).href);

async function compileLauncher() {
  const { default: ts } = await import('typescript');
  await mkdir(COMPILED, { recursive: true });
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
  for (const file of await readdir(LAUNCHER)) {
    const text = await readFile(new URL(file, LAUNCHER), 'utf8');
    const { outputText } = ts.transpileModule(text, { compilerOptions });
    // Whole at once: another run may be reading it.
    const draft = new URL(`${file}.${process.pid}`, COMPILED);
    await writeFile(draft, outputText);
    await rename(draft, new URL(file.replace(/\.ts$/, '.js'), COMPILED));
  }
}

/** Clusters of runs that were killed: their data is of no use to anyone. */
async function deleteLeftovers() {
  const { lockState } = await load('cluster-lock.js');
  const { stopOrphan } = await load('postmaster.js');
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
