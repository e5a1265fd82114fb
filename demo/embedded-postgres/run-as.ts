import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { lchown, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './binaries.js';
import type { ClusterPaths } from './cluster-paths.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** How to start PostgreSQL's programs, and who must own their files for that. */
export interface RunAs {
  /** Words before the program: none, or `unshare` with its options. */
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  /** Set only when we are root and may therefore change the owner of files. */
  readonly fileOwner?: { readonly uid: number; readonly gid: number };
}

const PROBE_DEADLINE_MS = 10_000;
const OVERFLOW_ID = 65_534;

/**
 * PostgreSQL refuses to run as root. Root therefore starts it as the user who already owns the data, else as nobody. Where that user cannot
 * reach the programs or the data (a checkout below a 0700 /root), it runs in a user namespace in which root is called nobody. Nothing is
 * added to the machine and nothing is copied. The same namespace helps a user without an entry in /etc/passwd, whom initdb refuses.
 */
export async function chooseRunAs(binaries: PostgresBinaries, paths: ClusterPaths): Promise<RunAs> {
  const refusals: string[] = [];
  for (const candidate of await candidates(paths.dataDirectory)) {
    const refusal = await probe(candidate, binaries, paths);
    if (refusal === undefined) return candidate;
    refusals.push(refusal);
  }
  throw new EmbeddedPostgresError(
    process.getuid?.() === 0
      ? 'PostgreSQL refuses to run as root, the user nobody may not enter ' +
          `${paths.parentDirectory} or run ${binaries.postgres} (see the permissions of the directories above them), ` +
          'and this system does not let root create a user namespace.'
      : `The program ${binaries.postgres} cannot be run in ${paths.parentDirectory}.`,
    { output: refusals.join('\n') },
  );
}

/** Command, arguments and options for one of PostgreSQL's programs. */
export function commandFor(runAs: RunAs, program: string, args: readonly string[]) {
  const [command = program, ...rest] = [...runAs.prefix, program, ...args];
  const identity = runAs.uid === undefined ? {} : { uid: runAs.uid, gid: runAs.gid };
  return { command, args: rest, identity };
}

/** Gives `path` and everything below it to the user who will use it; does nothing when that user owns it already. */
export async function giveTo(runAs: RunAs, path: string): Promise<void> {
  const owner = runAs.fileOwner;
  if (owner === undefined || (await stat(path)).uid === owner.uid) return;
  const entries = await readdir(path, { recursive: true }).catch(() => []);
  for (const entry of entries) await lchown(join(path, entry), owner.uid, owner.gid);
  // The top directory last: after an interruption the next start repeats it.
  await lchown(path, owner.uid, owner.gid);
}

/** Only these variables reach PostgreSQL: no PG* setting of the user, and no secret of the application. */
export function environmentForPostgres(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'].filter((name) => process.env[name] !== undefined);
  return { ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), LC_ALL: 'C', TZ: 'UTC' };
}

async function candidates(dataDirectory: string): Promise<RunAs[]> {
  const nobody = nobodyIds();
  const names = [`--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`];
  const namespace = { prefix: ['unshare', '--user', ...names, '--'] };
  if (process.getuid?.() !== 0) return hasPasswdEntry() ? [{ prefix: [] }] : [namespace];
  const owner = await stat(dataDirectory).catch(() => undefined);
  const asOwner = owner !== undefined && owner.uid !== 0 ? [{ uid: owner.uid, gid: owner.gid }] : [];
  const asUsers = [...asOwner, nobody].map((ids) => ({ prefix: [], ...ids, fileOwner: ids }));
  return [...asUsers, { ...namespace, fileOwner: { uid: 0, gid: 0 } }];
}

/** @returns why the candidate cannot work, or undefined when it can enter the directory and run the program */
async function probe(candidate: RunAs, binaries: PostgresBinaries, paths: ClusterPaths): Promise<string | undefined> {
  const script = 'cd "$1" && "$2" --version && "$3" --version';
  const words = ['-c', script, 'sh', paths.parentDirectory, binaries.postgres, binaries.initdb];
  const { command, args, identity } =
    process.platform === 'win32'
      ? commandFor(candidate, binaries.postgres, ['--version'])
      : commandFor(candidate, '/bin/sh', words);
  try {
    const options = { ...identity, cwd: '/', env: environmentForPostgres(), timeout: PROBE_DEADLINE_MS };
    await promisify(execFile)(command, args, options);
    return undefined;
  } catch (error) {
    return (error as { stderr?: string }).stderr?.trim() || String(error);
  }
}

function nobodyIds(): { uid: number; gid: number } {
  try {
    const fields = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'));
    return fields ? { uid: Number(fields[1]), gid: Number(fields[2]) } : { uid: OVERFLOW_ID, gid: OVERFLOW_ID };
  } catch {
    return { uid: OVERFLOW_ID, gid: OVERFLOW_ID };
  }
}

function hasPasswdEntry(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}
