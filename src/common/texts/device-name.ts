/** Programs by a mark of their `User-Agent`. Order matters: most name those before them in the list as well, for old sites. */
const PROGRAMS = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
  [/^(node|undici)/i, 'Node.js'],
] as const;
const SYSTEMS = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const;

/** What people call a browser and its machine, e.g. `Firefox · Windows`; null when neither is known. Enough to tell one's own sessions apart. */
export function deviceName(userAgent: string | null): string | null {
  const of = (names: readonly (readonly [RegExp, string])[]) => names.find(([mark]) => mark.test(userAgent ?? ''))?.[1];
  const known = [of(PROGRAMS), of(SYSTEMS)].filter((name) => name !== undefined);
  return known.length > 0 ? known.join(' · ') : null;
}
