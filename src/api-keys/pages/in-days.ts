import type { PagePart } from '../../common/html.js';
import { text } from '../../common/texts/text.js';
import { lasting } from '../../common/texts/time.js';

const DAY_SECONDS = 86_400;

/** How long: exact, since a key expires then. 100 days are not four months. */
export function inDays(seconds: number): PagePart {
  return seconds % DAY_SECONDS === 0 ? text('keys.days', { count: seconds / DAY_SECONDS }) : lasting(seconds);
}
