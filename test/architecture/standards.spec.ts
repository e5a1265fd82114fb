import { existsSync, readFileSync } from 'node:fs';

const DOCUMENT = readFileSync('docs/standards.md', 'utf8');
const HEADINGS = ['Standard', 'What of it', 'Where', 'Tests', 'Left out, and why'];
const cellsOf = (line: string) =>
  line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
const ROWS = DOCUMENT.split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| Standard') && !/^\| -/.test(line))
  .map(cellsOf);

/** Headings as links name them. */
function anchorsOf(guide: string): string[] {
  const headings = readFileSync(guide, 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, text]) =>
    text!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('docs/standards.md', () => {
  it('has rows of five columns, each standard once', () => {
    const heads = DOCUMENT.split('\n').filter((line) => line.startsWith('| Standard'));
    expect(heads.map(cellsOf)).toEqual(Array(3).fill(HEADINGS));
    expect(ROWS.length).toBeGreaterThan(40);
    expect(ROWS.filter((row) => row.length !== HEADINGS.length)).toEqual([]);
    const names = ROWS.map(([name]) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(ROWS.map(([name, ...rest]) => [name, ...rest] as const))('%s: its tests and guides exist', (...row) => {
    const [, whatOfIt, where, tests, leftOut] = row;
    const paths = [...tests!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!);
    // What is followed has a test; what is not says why.
    const says = { tests: paths.length > 0, reason: leftOut !== '' };
    expect(says).toMatchObject(whatOfIt === 'nothing' ? { tests: false, reason: true } : { tests: true });
    expect(paths.filter((path) => !existsSync(`test/${path}`))).toEqual([]);
    const links = [...where!.matchAll(/\]\(([^)#]+)#?([^)]*)\)/g)].map(([, page, anchor]) => [`docs/${page}`, anchor!]);
    const dead = links.filter(
      ([page, anchor]) => !existsSync(page!) || (anchor !== '' && !anchorsOf(page!).includes(anchor!)),
    );
    expect(dead).toEqual([]);
  });
});
