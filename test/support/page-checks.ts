import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Visit } from './page-visit.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** What axe-core finds against WCAG 2.2 AA, and its best practices. @param rules only these */
export async function axeFindings({ page }: Visit, rules?: readonly string[]): Promise<string[]> {
  const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: TAGS };
  const options = { runOnly, resultTypes: ['violations'], preload: false, iframes: false };
  const isThere = await page.evaluate('"axe" in window');
  if (!isThere) await page.evaluate(AXE);
  // Where scripts are off no timer ends, but microtasks run: axe only uses timers to let the page breathe.
  const { violations } = (await page.evaluate(`(() => {
    window.setTimeout = (act, _ms, ...values) => void Promise.resolve().then(() => act(...values));
    return axe.run(${JSON.stringify(options)});
  })()`)) as AxeResult;
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`));
}

/** Whatever stands out of the window at its side, or shows less than it has. */
export function outsideOf({ page }: Visit): Promise<string[]> {
  return page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    const said = (one) => one.outerHTML.slice(0, 120);
    const all = [...document.querySelectorAll('body, body *')].filter((one) => one.checkVisibility() && !one.closest('.hidden, svg'));
    const out = all.filter((one) => {
      const box = one.getBoundingClientRect();
      return box.width > 0 && (box.right > width + 1 || box.left < -1);
    });
    const cut = all.filter((one) => one.scrollWidth > one.clientWidth + 1 && !/^(INPUT|SELECT|BODY)$/.test(one.tagName)
      && getComputedStyle(one).overflowX !== 'visible' && one.clientWidth > 0);
    const scrolls = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
    return [...scrolls, ...out.map(said), ...cut.map((one) => 'cut: ' + said(one))];
  })()`);
}

/** Controls that the Tab key does not reach, or where nobody sees it. */
export async function withoutKeyboard({ page }: Visit): Promise<string[]> {
  const CONTROLS = 'a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]';
  const count: number = await page.evaluate(`(() => {
    document.activeElement?.blur();
    const all = [...document.querySelectorAll('${CONTROLS}')].filter((one) => one.checkVisibility());
    // Radio buttons of one name are one stop.
    all.forEach((one, index) => { one.dataset.control = one.type === 'radio' ? 'radio ' + one.name : index; });
    return all.length;
  })()`);
  const reached = new Set<string>();
  const unseen: string[] = [];
  // Once more than there are: where the window's own parts come first, or radio buttons are one stop.
  for (let step = 0; step < count + 2 && reached.size < count; step++) {
    await page.keyboard.press('Tab');
    const [name, html, isSeen]: [string | null, string, boolean] = await page.evaluate(`(() => {
      const one = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return [one.dataset.control ?? null, one.outerHTML.slice(0, 120), outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2];
    })()`);
    if (name === null) continue;
    reached.add(name);
    if (!isSeen) unseen.push(`focus unseen: ${html}`);
  }
  const missed: string[] = await page.evaluate(
    `[...document.querySelectorAll('[data-control]')].filter((one) => !${JSON.stringify([...reached])}.includes(one.dataset.control)).map((one) => 'not reached: ' + one.outerHTML.slice(0, 120))`,
  );
  return [...unseen, ...missed];
}

/** A page on which nothing leads on. */
export async function withoutWayOn({ page }: Visit): Promise<string[]> {
  const count = await page.locator('main a[href], main button, nav a[href]').count();
  return count === 0 ? ['neither a link nor a button'] : [];
}

/** Fields, buttons and notes that would be seen by their background alone, which forced colours take away. */
export function withoutEdge({ page }: Visit): Promise<string[]> {
  const OUTLINED =
    'input:not([type=hidden], [type=checkbox], [type=radio]), select, button, a.button, .note, .error, .warning';
  return page.evaluate(`[...document.querySelectorAll('${OUTLINED}')]
    .filter((one) => getComputedStyle(one).borderBlockStartWidth === '0px')
    .map((one) => one.outerHTML.slice(0, 120))`);
}
