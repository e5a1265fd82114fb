import { Command } from 'commander';

/**
 * A command whose arguments are ids. One id in 64 begins with a dash in base64url, and the parser would take it for an option; options here have
 * two dashes, besides `-h`.
 */
export class CommandWithIds extends Command {
  override createCommand(name?: string): CommandWithIds {
    return new CommandWithIds(name);
  }

  override parseOptions(argv: string[]): ReturnType<Command['parseOptions']> {
    const { operands, unknown } = super.parseOptions(argv);
    // A group hands on what it does not know: only the command itself can tell what is the value of an option.
    if (this.commands.length > 0) return { operands, unknown };
    const options = unknown.filter(isOption);
    return { operands: [...operands, ...unknown.filter((word) => !isOption(word))], unknown: options };
  }
}

function isOption(word: string): boolean {
  return word.startsWith('--') || word === '-h';
}
