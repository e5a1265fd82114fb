import { html, type Html } from '../../html.js';

/** Drawn in the colour of its class, and silent: the heading says the same. */
const PICTURES = {
  done: { tone: 'good', lines: html`<circle cx="24" cy="24" r="20" /><path d="m15 25 6 6 12-13" />` },
  turnedAway: { tone: 'warn', lines: html`<circle cx="24" cy="24" r="20" /><path d="M10 38 38 10" />` },
  fault: { tone: 'bad', lines: html`<path d="M24 5 45 42H3Z" /><path d="M24 19v11m0 6v.5" />` },
  nobody: { tone: '', lines: html`<circle cx="24" cy="16" r="9" /><path d="M7 42a17 15 0 0 1 34 0" />` },
  device: { tone: '', lines: html`<rect x="4" y="8" width="40" height="26" rx="3" /><path d="M16 41h16" />` },
  empty: {
    tone: '',
    lines: html`<rect x="6" y="12" width="36" height="26" rx="3" /><path d="M6 28h10l4 5h8l4-5h10" />`,
  },
} as const;

/** A small picture above the text of a page. */
export function picture(name: keyof typeof PICTURES): Html {
  const { tone, lines } = PICTURES[name];
  return html`<svg
    class="picture ${tone}"
    viewBox="0 0 48 48"
    fill="none"
    stroke="currentColor"
    stroke-width="3"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    ${lines}
  </svg>`;
}
