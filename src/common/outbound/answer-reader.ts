import type { Logger } from '@nestjs/common';
import { asObject, normaliseTokenAnswer, type ForeignObject, type Unreadable } from './foreign-json.js';

/** Makes of a provider's token answer one that RFC 6749 5.1 describes. Gets what was parsed; what it returns is read on. */
export type NormaliseTokenAnswer = (
  provider: string,
  answer: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;

/** What cannot be read is said once in this time, of each member. */
const SILENCE_MILLISECONDS = 60_000;
const MAX_SAID = 1_000;

/** Reads answers of one kind of providers leniently, and says which member of whose it could not read. Never a value. */
export class AnswerReader {
  private readonly said = new Map<string, number>();

  constructor(
    private readonly logger: Logger,
    private readonly hook: NormaliseTokenAnswer | null,
  ) {}

  /** A successful answer of a token endpoint. @returns null when the host's hook has made nothing of it */
  tokenAnswer(provider: string, answer: ForeignObject): Record<string, unknown> | null {
    const given = this.hooked(provider, answer);
    return given && normaliseTokenAnswer(given, this.unreadable(provider, 'token answer'));
  }

  /** @param where e.g. `token answer` */
  unreadable(provider: string, where: string): Unreadable {
    return (member) => this.say(provider, `"${member}" of its ${where} cannot be read`);
  }

  say(provider: string, what: string): void {
    const message = `provider "${provider}": ${what}`;
    const now = performance.now();
    if (now < (this.said.get(message) ?? 0)) return;
    if (this.said.size >= MAX_SAID) this.said.clear();
    this.said.set(message, now + SILENCE_MILLISECONDS);
    this.logger.warn(message);
  }

  private hooked(provider: string, answer: ForeignObject): ForeignObject | null {
    if (!this.hook) return answer;
    try {
      const made = asObject(this.hook(provider, structuredClone(answer)));
      if (!made) this.say(provider, 'normaliseTokenAnswer returned no object');
      return made;
    } catch (error) {
      // Its message may hold what it was given.
      this.say(provider, `normaliseTokenAnswer threw ${error instanceof Error ? error.name : typeof error}`);
      return null;
    }
  }
}
