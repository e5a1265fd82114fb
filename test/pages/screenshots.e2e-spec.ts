import { readFileSync, statSync } from 'node:fs';
import { describeInChromium } from '../support/chromium.js';
import { openRow } from '../support/page-visit.js';
import { createPageWorld, type PageWorld } from '../support/page-world.js';
import { ROWS } from '../support/page-rows.js';

/** The pages of docs/images, and how wide they are shown. */
const SHOWN: readonly (readonly [file: string, row: string, width: number])[] = [
  ['sign-in', 'sign-in for a client', 520],
  ['consent', 'consent to more than before', 520],
  ['device', 'device to confirm', 520],
  ['account-choice', 'account choice', 520],
  ['profile', 'profile', 1000],
  ['sessions', 'sessions', 1000],
  ['api-keys', 'API keys', 1000],
  ['api-key', 'API key', 1000],
];
const MAX_BYTES = 150_000;
const pathOf = (file: string) => `docs/images/${file}.png`;

/** `npm run screenshots` makes them anew. */
describeInChromium('pictures of the pages', (browser) => {
  let world: PageWorld | undefined;
  const isMaking = process.env['SCREENSHOTS'] === '1';
  beforeAll(async () => {
    if (isMaking) world = await createPageWorld();
  });
  afterAll(() => world?.close());

  it.each(SHOWN)('%s', async (file, name, width) => {
    if (world) {
      const { page, context } = await openRow(
        browser(),
        world,
        ROWS.find((row) => row.name === name)!,
      );
      await page.setViewportSize({ width, height: 400 });
      await page.screenshot({ path: pathOf(file), fullPage: true });
      await context.close();
    }
    expect(statSync(pathOf(file)).size).toBeLessThan(MAX_BYTES);
    expect(readFileSync(pathOf(file)).subarray(1, 4).toString()).toBe('PNG');
  });
});
