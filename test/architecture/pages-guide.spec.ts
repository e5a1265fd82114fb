import { readFileSync } from 'node:fs';
import { PAGE_STYLE } from '../../src/common/http/pages/page.style.js';
import { LANGUAGES } from '../../src/common/texts/languages/index.js';

const GUIDE = readFileSync('docs/guides/pages.md', 'utf8');
const between = (start: string, end: string) => GUIDE.slice(GUIDE.indexOf(start), GUIDE.indexOf(end));

describe('docs/guides/pages.md', () => {
  it('lists the variables of the style sheet: those that there are, and no others', () => {
    const declared = [...PAGE_STYLE.matchAll(/(--[a-z-]+): /g)].map(([, name]) => name!);
    const listed = [...between('| Variable', '```ts\nconst pages: PagesOptions').matchAll(/`(--[a-z-]+)`/g)];
    expect([...new Set(listed.map(([, name]) => name!))].toSorted()).toEqual([...new Set(declared)].toSorted());
  });

  it('lists the languages', () => {
    const listed = [...between('## Languages', 'A page is in the first').matchAll(/\(`([a-z]+)`\)/g)];
    expect(listed.map(([, language]) => language!)).toEqual(Object.keys(LANGUAGES));
  });
});
