import { requireKnownKeys } from './read-options.js';

/** A colour `#rgb` or `#rrggbb`, or one for each colour scheme. */
export type Accent = string | { readonly light: string; readonly dark: string };

/** The colours of one scheme that follow from an accent. */
export interface AccentColours {
  /** Behind the words of a button. */
  readonly accent: string;
  readonly onAccent: string;
  /** Words of that colour on a card. */
  readonly link: string;
}

type Rgb = readonly [number, number, number];

/** Backgrounds of the style sheet, on which links stand. */
const CARDS = { light: [255, 255, 255], dark: [24, 27, 33] } as const satisfies Record<string, Rgb>;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** WCAG 1.4.3, with a reserve for the tinted backgrounds of notes. */
const MIN_CONTRAST = 5;

/** @throws Error with option, fault and remedy */
export function accentsOf(option: string, accent: Accent): Readonly<Record<'light' | 'dark', AccentColours>> {
  const given = typeof accent === 'string' ? { light: accent, dark: accent } : accent;
  requireKnownKeys(option, given, ['light', 'dark']);
  return Object.freeze({
    light: coloursOf(requireColour(`${option}.light`, given.light), CARDS.light, BLACK),
    dark: coloursOf(requireColour(`${option}.dark`, given.dark), CARDS.dark, WHITE),
  });
}

function coloursOf(accent: Rgb, card: Rgb, towards: Rgb): AccentColours {
  const onAccent = contrast(accent, WHITE) >= contrast(accent, BLACK) ? WHITE : BLACK;
  return { accent: toHex(accent), onAccent: toHex(onAccent), link: toHex(readable(accent, card, towards)) };
}

/** The colour, mixed with as little of another as its contrast needs. */
function readable(colour: Rgb, on: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = colour.map((one, index) => one + (towards[index]! - one) * share) as unknown as Rgb;
    if (contrast(mixed, on) >= MIN_CONTRAST) return mixed;
  }
  return towards;
}

/** WCAG 2.2, contrast ratio. */
function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((one) => {
    const part = one / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function requireColour(option: string, value: unknown): Rgb {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(String(value))?.[1];
  if (digits === undefined)
    throw new Error(`${option}: ${JSON.stringify(value)} is not a colour. Give one such as '#1d4ed8'.`);
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  return [0, 2, 4].map((start) => Number.parseInt(full.slice(start, start + 2), 16)) as unknown as Rgb;
}

function toHex(colour: Rgb): string {
  return `#${colour.map((one) => Math.round(one).toString(16).padStart(2, '0')).join('')}`;
}
