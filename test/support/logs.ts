import type { LoggerService } from '@nestjs/common';
import type { TestApp } from './app.js';

/** Collects what an application logs from now on: level and text, with the stack of errors. */
export function keepLogs(host: Pick<TestApp, 'app'>): { readonly level: string; readonly text: string }[] {
  const kept: { level: string; text: string }[] = [];
  const keep =
    (level: string) =>
    (message: unknown, ...rest: unknown[]) => {
      kept.push({ level, text: [message, ...rest].map(String).join('\n') });
    };
  const logger: LoggerService = { log: keep('log'), warn: keep('warn'), error: keep('error'), debug: () => undefined };
  host.app.useLogger(logger);
  return kept;
}
