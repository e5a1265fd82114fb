import type { Logger } from '@nestjs/common';
import { asObject, normaliseTokenAnswer, type ForeignObject, type Unreadable } from './foreign-json.js';

/** Turns a provider's parsed token response into one that RFC 6749 5.1 describes; the result is then read in place of the original. */
export type NormaliseTokenAnswer = (
  provider: string,
  answer: Readonly<Record<string, unknown>>,
) => Readonly<Record<string, unknown>>;

/** The same message is logged once in this time. */
const SILENCE_MILLISECONDS = 60_000;
const MAX_SAID = 1_000;

/** Reads token responses of providers leniently, and logs which member of which provider it could not read; never a value. */
export class AnswerReader {
  private readonly said = new Map<string, number>();

  constructor(
    private readonly logger: Logger,
    private readonly hook: NormaliseTokenAnswer | null,
  ) {}

  /** Reads a successful token response. @returns null when the host's hook threw or did not return an object */
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
      if (!made) this.say(provider, 'normaliseTokenAnswer did not return an object');
      return made;
    } catch (error) {
      // Only the name of the error: its message may quote the response.
      this.say(provider, `normaliseTokenAnswer threw ${error instanceof Error ? error.name : typeof error}`);
      return null;
    }
  }
}
