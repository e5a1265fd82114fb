import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-sync',
  '--no-first-run',
];

/** The program: `CHROMIUM`, or where Linux distributions put it. */
const CHROMIUM = process.env['CHROMIUM'] || PLACES.find((place) => existsSync(place));

/** A suite in Chromium. Where none is installed it is skipped, and says so. */
export function describeInChromium(title: string, suite: (browser: () => Browser) => void): void {
  if (CHROMIUM === undefined) {
    process.stdout.write(`SKIPPED, since no Chromium is installed: ${title}\n`);
    describe.skip(`${title} (no Chromium here)`, () => suite(() => fail()));
    return;
  }
  describe(title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(() => browser?.close());
    suite(() => browser);
  });
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM!, args: FLAGS });
}

function fail(): never {
  throw new Error('no Chromium');
}
