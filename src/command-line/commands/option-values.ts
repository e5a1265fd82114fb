import { InvalidArgumentError } from 'commander';
import { resolveSeconds } from '../../common/options/duration.js';

const LONGEST_SECONDS = 3_650 * 86_400;

/** Reads a duration of an option as seconds. */
export function secondsOf(option: string): (text: string) => number {
  return (text) => {
    try {
      const isPlain = /^\d+$/.test(text);
      return resolveSeconds(option, isPlain ? Number(text) : text, { min: 0, max: LONGEST_SECONDS });
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

/** Reads a whole number of an option. */
export function wholeNumber(option: string, min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `${option}: give a whole number from ${min} on${max < Number.MAX_SAFE_INTEGER ? `, at most ${max}` : ''}.`,
    );
  };
}
