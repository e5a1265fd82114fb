import ms from 'ms';

/** A number is seconds; a text is `ms`-style: `'15m'`, `'7d'`, `'60 s'`. */
export type Duration = number | string;

/**
 * Reads a duration option as whole seconds.
 * @throws Error with the option, the given value and the allowed range; stops the boot
 */
export function resolveSeconds(option: string, value: Duration, limits: { min: number; max: number }): number {
  const seconds = typeof value === 'number' ? value : parseMilliseconds(value) / 1000;
  if (!Number.isFinite(seconds) || !Number.isInteger(seconds)) {
    throw new Error(
      `${option}: ${JSON.stringify(value)} is not a duration. Give whole seconds or a text such as '15m' or '7d'.`,
    );
  }
  if (seconds < limits.min || seconds > limits.max) {
    throw new Error(
      `${option}: ${JSON.stringify(value)} is out of range. Give ${limits.min} to ${limits.max} seconds.`,
    );
  }
  return seconds;
}

function parseMilliseconds(text: string): number {
  try {
    return ms(text as ms.StringValue) ?? Number.NaN;
  } catch {
    return Number.NaN;
  }
}
