import type { LoggerService } from '@nestjs/common';
import type { Io } from '../io.js';

/** Warnings and errors of the services, beside the answer; nothing of how Nest starts. */
export class StderrLogger implements LoggerService {
  constructor(private readonly io: Pick<Io, 'err'>) {}

  log(): void {}

  debug(): void {}

  verbose(): void {}

  warn(message: unknown): void {
    this.io.err(`warning: ${String(message)}\n`);
  }

  error(message: unknown, ...context: readonly unknown[]): void {
    // Nest reports here what it throws as well, and whoever catches that says it.
    if (context.at(-1) === 'ExceptionHandler') return;
    this.io.err(`error: ${String(message)}\n`);
  }
}
