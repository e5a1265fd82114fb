import { error, ok, warning, type Check } from '../check.js';
import { settingsOf } from '../settings-of.js';

const REMEDY =
  'Make one with: openssl rand -base64 32. Give it as secret: [new, old] until nothing depends on the old one.';
/** What people write where a secret is asked for. A random text has one of these by chance once in ten thousand. */
const SAMPLE = /secret|passw|change|example|default|develop|production|qwerty|12345|abcdef|your[-_ ]|enough/i;
const FEWEST_BITS = 128;

/** Whether the secret can be guessed. */
export const secret: Check = {
  id: 'secret',
  look({ options }) {
    try {
      settingsOf({ secret: options.secret });
    } catch (fault) {
      return error((fault as Error).message, REMEDY);
    }
    const secrets = [options.secret].flat();
    const sample = secrets.find((one) => SAMPLE.test(one));
    if (sample !== undefined) return warning('A secret reads like a sample or like words, and may be guessed.', REMEDY);
    const weak = secrets.find((one) => bitsOf(one) < FEWEST_BITS);
    if (weak !== undefined)
      return warning(`A secret has little variety: about ${Math.round(bitsOf(weak))} bits.`, REMEDY);
    return ok(secrets.length > 1 ? `${secrets.length} secrets, each hard to guess.` : 'It is long, and no sample.');
  },
};

/** Shannon's entropy of its characters, times its length: at most what a guesser who knows the characters has to try. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / text.length), 0);
}
