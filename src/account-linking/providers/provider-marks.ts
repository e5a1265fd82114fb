import { html, type Html } from '../../common/html.js';

/** The colours of well-known providers; others have that of the text. Their own pictures are trademarks, which a library cannot ship. */
const COLOURS: Readonly<Record<string, string>> = {
  google: '#1a73e8',
  github: '#24292f',
  microsoft: '#0067b8',
  'microsoft-entra-id': '#0067b8',
  apple: '#000000',
  facebook: '#0866ff',
  gitlab: '#c9390f',
  discord: '#5865f2',
};

/** The first letter of a provider in a disc of its colour, with an edge for dark discs on dark pages; silent, since its name stands beside it. */
export function providerMark(providerId: string, displayName: string): Html {
  const [letter = ''] = [...displayName].map((one) => one.toLocaleUpperCase());
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <circle
      cx="12"
      cy="12"
      r="11.5"
      fill="${COLOURS[providerId] ?? '#565c69'}"
      stroke="currentColor"
      stroke-opacity="0.4"
    />
    <text x="12" y="17" text-anchor="middle" font-size="14" font-weight="600" fill="#ffffff">${letter}</text>
  </svg>`;
}
