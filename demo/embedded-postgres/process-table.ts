import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** True when a process with this number runs, whoever owns it. A zombie does not run. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || statFields(pid)?.[0] !== 'Z';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Tells two processes apart that had the same number one after the other.
 * @returns undefined where the system does not tell (Windows)
 */
export function startMarkOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const boot = read('/proc/sys/kernel/random/boot_id')?.trim();
    const startedAtTicks = statFields(pid)?.[19];
    return startedAtTicks === undefined ? undefined : `${boot}/${startedAtTicks}`;
  }
  return ps(pid, 'lstart=');
}

/** True while the process with this number and start mark runs. Where the system has no start marks, the number decides. */
export function isSameProcess(pid: number, startMark: string | undefined): boolean {
  if (!isAlive(pid)) return false;
  const current = startMarkOf(pid);
  return current === undefined || startMark === undefined || current === startMark;
}

/** The command line of a process; undefined when there is none or the system does not tell (Windows). */
export function commandLineOf(pid: number): string | undefined {
  if (process.platform === 'linux') return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ');
  return ps(pid, 'command=');
}

/** Fields of /proc/<pid>/stat from the third on; the second is a name that may itself contain spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ps(pid: number, column: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return execFileSync('ps', ['-ww', '-o', column, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
