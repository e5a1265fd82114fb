/**
 * What `npm start` runs: starts the demo as a process of its own, which gets each signal once (a terminal and npm both send Ctrl-C) and
 * which does not stay behind when npm, its shell or this process is killed.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { onParentGone } from './parent-watch.js';

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PARENT_GONE_DEADLINE_MS = 10_000;

const demo = spawn(process.execPath, [fileURLToPath(new URL('./main.js', import.meta.url))], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  // Outside the terminal's process group: its Ctrl-C reaches the demo only through us.
  detached: process.platform !== 'win32',
});

// `on` with a memory, not `once`: an unhandled second Ctrl-C would end us before the demo has shut down.
const forwarded = new Set<NodeJS.Signals>();
for (const signal of FORWARDED) {
  process.on(signal, () => {
    if (!forwarded.has(signal)) demo.kill(signal);
    forwarded.add(signal);
  });
}

demo.on('error', (error) => {
  console.error(`The demo could not be started: ${error.message}`);
  process.exit(1);
});
demo.on('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
});

if (process.env.npm_lifecycle_event === 'start') {
  onParentGone(() => {
    demo.kill('SIGTERM');
    setTimeout(() => demo.kill('SIGKILL'), PARENT_GONE_DEADLINE_MS);
  });
}
