/** How a command ends. */
export const EXIT = {
  done: 0,
  /** It failed, was not confirmed, or found what it looks for: pending migrations, an error of the doctor. */
  failed: 1,
  /** It cannot begin: an unknown command or option, a missing argument, setting or `--yes`. */
  usage: 2,
} as const;

/** Ends a command with a sentence that says what is wrong and what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';

  private constructor(
    message: string,
    readonly exitCode: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  static failed(message: string, cause?: unknown): CommandFailure {
    return new CommandFailure(message, EXIT.failed, cause);
  }

  static usage(message: string): CommandFailure {
    return new CommandFailure(message, EXIT.usage);
  }
}
