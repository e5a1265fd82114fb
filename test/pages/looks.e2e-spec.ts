import { HtmlValidate } from 'html-validate';
import { describeInChromium } from '../support/chromium.js';
import { axeFindings, outsideOf, withoutEdge, withoutKeyboard, withoutWayOn } from '../support/page-checks.js';
import { openRow, type Visit } from '../support/page-visit.js';
import { createPageWorld, type PageWorld } from '../support/page-world.js';
import { ROWS } from '../support/page-rows.js';

const DESKTOP = { width: 1280, height: 900 };
const MOBILE = { width: 320, height: 640 };

/** One of each kind: every other is seen from the right as well, but in English. */
const IN_ARABIC = [
  'sign-in for a client',
  'consent',
  'account choice',
  'device',
  'profile',
  'API keys',
  'users',
  'no such page',
  'new password',
  'new password by a bad link',
];

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'doctype-style': 'off', // prettier writes it in small letters, which are the same to a parser
    'void-style': 'off', // and `<input />`
    'no-trailing-whitespace': 'off', // what a part that is left out leaves behind
    'no-implicit-button-type': 'off', // without scripts every button submits, which is the default
    'form-dup-name': ['error', { shared: ['radio', 'button', 'reset', 'submit', 'checkbox'] }], // boxes of one list
    'long-title': 'off', // a title may name an application
  },
});

describeInChromium('every page', (browser) => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await createPageWorld();
  });
  afterAll(() => world?.close());

  it.each(ROWS.map((row) => [row.name, row] as const))('%s', async (_name, row) => {
    const visit = await openRow(browser(), world, row);
    try {
      expect([visit.status(), await visit.page.title()]).toEqual([
        row.status ?? 200,
        expect.stringMatching(/ · \u2068?Acme\u2069?$/),
      ]);
      expect(await faultsOf(visit)).toEqual([]);
      expect(visit.errors).toEqual([]);
    } finally {
      await visit.context.close();
    }
  });

  it.each(ROWS.filter(({ name }) => IN_ARABIC.includes(name)).map((row) => [row.name, row] as const))(
    '%s in Arabic',
    async (_name, row) => {
      const visit = await openRow(browser(), world, row, { locale: 'ar' });
      const { page, context } = visit;
      try {
        expect([await page.getAttribute('html', 'lang'), await page.getAttribute('html', 'dir')]).toEqual([
          'ar',
          'rtl',
        ]);
        await page.setViewportSize(MOBILE);
        expect(await outsideOf(visit)).toEqual([]);
      } finally {
        await context.close();
      }
    },
  );
});

/** Every look at a page, and what is wrong with it there. */
async function faultsOf(visit: Visit): Promise<string[]> {
  const { page } = visit;
  const evaluated = (script: string) => () => page.evaluate(script);
  const looks: readonly [string, () => Promise<unknown>, (visit: Visit) => Promise<readonly string[]>][] = [
    ['markup', async () => undefined, markupFaults],
    ['way on', async () => undefined, withoutWayOn],
    ['320 px', () => page.setViewportSize(MOBILE), outsideOf],
    ['320 px', async () => undefined, axeFindings],
    ['languages', evaluated('document.querySelector(".languages")?.setAttribute("open", "")'), outsideOf],
    ['1280 px', () => page.setViewportSize(DESKTOP), outsideOf],
    ['keyboard', async () => undefined, withoutKeyboard],
    ['dark', () => page.emulateMedia({ colorScheme: 'dark' }), (one) => axeFindings(one, ['color-contrast'])],
    ['forced colours', () => page.emulateMedia({ forcedColors: 'active' }), withoutEdge],
    ['200 %', evaluated('document.documentElement.style.fontSize = "200%"'), outsideOf],
    ['from the right', evaluated('document.documentElement.dir = "rtl"'), outsideOf],
  ];
  const faults: string[] = [];
  for (const [name, arrange, look] of looks) {
    await arrange();
    faults.push(...(await look(visit)).map((fault) => `${name}: ${fault}`));
  }
  return faults;
}

async function markupFaults(visit: Visit): Promise<string[]> {
  const { results } = await validator.validateString(await visit.source());
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
  );
}
