import type { Flags } from '../invocation.js';
import type { Io } from '../io.js';
import { plain } from './plain.js';

/** What a command has to say, for people and for programs. */
export interface Answer {
  readonly text: string;
  /** One shape for each command, which only ever gains members. */
  readonly json: unknown;
  readonly exitCode?: number;
}

/** Writes the answer to standard output. */
export function writeAnswer({ text, json }: Answer, flags: Pick<Flags, 'json'>, io: Pick<Io, 'out'>): void {
  io.out(flags.json ? `${JSON.stringify(json, null, 2)}\n` : text === '' ? '' : `${plain(text)}\n`);
}
