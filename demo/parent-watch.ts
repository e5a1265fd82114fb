import { readFileSync } from 'node:fs';

const POLL_MS = 500;
const SHELLS = new Set(['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh']);

/**
 * Calls back once the process that started us has ended. npm puts a shell in between, which on some systems stays and outlives npm; on
 * Linux we also watch the process behind such a shell.
 */
export function onParentGone(callback: () => void): void {
  const behindShell = isShell(process.ppid);
  const ancestry = () => `${process.ppid}/${behindShell ? parentOf(process.ppid) : ''}`;
  const atStart = ancestry();
  const timer = setInterval(() => {
    if (ancestry() === atStart) return;
    clearInterval(timer);
    callback();
  }, POLL_MS);
  timer.unref();
}

function isShell(pid: number): boolean {
  return SHELLS.has(read(`/proc/${pid}/comm`).trim());
}

/** The second field after the name in /proc/<pid>/stat. */
function parentOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
