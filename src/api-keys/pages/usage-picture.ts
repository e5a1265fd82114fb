import { html, type Html } from '../../common/html.js';
import { text } from '../../common/texts/text.js';
import type { UsageDay } from '../keys/api-key-usage.store.js';

const [WIDTH, HEIGHT, GAP] = [240, 40, 2];

/** A bar for each day, and what it shows in words for those who do not see it. */
export function usagePicture(days: readonly UsageDay[]): Html {
  const most = Math.max(1, ...days.map(({ requests }) => requests));
  const total = days.reduce((sum, { requests }) => sum + requests, 0);
  const words = html`<figcaption class="soft">${text('keys.used', { count: total, days: days.length })}</figcaption>`;
  if (total === 0) return html`<figure class="usage">${words}</figure>`;
  const step = WIDTH / days.length;
  const bars = days.map(({ requests }, index) => {
    // A day with one request among days with thousands is still not a day without.
    const height = requests === 0 ? 1 : Math.max(3, Math.round((requests / most) * HEIGHT));
    return html`<rect
      x="${(index * step).toFixed(1)}"
      y="${HEIGHT - height}"
      width="${(step - GAP).toFixed(1)}"
      height="${height}"
      rx="1"
    />`;
  });
  return html`<figure class="usage">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" fill="currentColor" aria-hidden="true" focusable="false">${bars}</svg>
    ${words}
  </figure>`;
}
