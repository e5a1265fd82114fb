import { readFileSync } from 'node:fs';

const LAST_LOG_LINES = 8;

/**
 * The embedded PostgreSQL could not be used. The terminal shows only the message, so it says in one sentence what happened, quotes the last
 * output, and names the way out.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(sentence: string, details: { output?: string; cause?: unknown } = {}) {
    const quoted = lastLines(details.output ?? '');
    const wayOut = 'Set DATABASE_URL to a PostgreSQL of your own to go on without the embedded one.';
    super([sentence, ...(quoted ? ['Its last output:', quoted] : []), wayOut].join('\n'), {
      cause: details.cause,
    });
  }
}

/** The text of a log that may not exist: a missing log must not hide the error that it would explain. */
export function readLog(logFile: string): string {
  try {
    return readFileSync(logFile, 'utf8');
  } catch {
    return '';
  }
}

function lastLines(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(-LAST_LOG_LINES)
    .map((line) => `  ${line}`)
    .join('\n');
}
