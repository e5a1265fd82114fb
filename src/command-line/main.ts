#!/usr/bin/env node
import { processIo } from './io.js';
import { run } from './run.js';

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const exitCode = await run(process.argv.slice(2), processIo);
// Not when nothing is open any more: the host's modules may keep timers and connections of their own.
process.stdout.write('', () => process.exit(exitCode));
