import type { AuthError } from '../../errors/auth-error.js';
import { ENGLISH, type TextKey } from '../../texts/languages/en/index.js';
import { lasting } from '../../texts/time.js';
import { text, type Text } from '../../texts/text.js';

/** What a fault means to the user who made it; null: it is not one that they can correct. */
export function faultWords({ code, retryAfterSeconds }: AuthError): Text | null {
  if (retryAfterSeconds !== undefined) return text('fault.limit', { time: lasting(retryAfterSeconds) });
  const key = `fault.${code}`;
  return Object.hasOwn(ENGLISH, key) ? text(key as TextKey) : null;
}
