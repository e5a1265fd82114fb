import type { AuthOptions } from '../../index.js';
import { CommandFailure } from '../command-failure.js';

/** How a command ends with options that the server would refuse: one that is missing is a setting that is missing. */
export function refusedOptions({ issuer, secret }: AuthOptions, error: unknown): CommandFailure {
  const { message } = error as Error;
  const isGiven = issuer && [secret].flat().some(Boolean);
  return isGiven ? CommandFailure.failed(message, error) : CommandFailure.usage(message);
}
