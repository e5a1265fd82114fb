import { randomInt } from 'node:crypto';

const SOONEST_MILLISECONDS = 10;
const LATEST_MILLISECONDS = 30;

/**
 * Does what an answer has left to do, at a random time soon after it: else the time of the next answer told how much that was, and so whether
 * an address is a user's (T121). What must not be lost is a row before.
 */
export function aMomentLater(act: () => void): NodeJS.Timeout {
  return setTimeout(act, randomInt(SOONEST_MILLISECONDS, LATEST_MILLISECONDS)).unref();
}
