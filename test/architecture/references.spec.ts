import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PROGRAMS = textsOf(['src', 'demo', 'test', 'bench', 'examples'], /\.(ts|mjs)$/);
const FRONT = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'].map(
  (path) => [path, read(path)] as const,
);
const EVERYTHING = [...PROGRAMS, ...textsOf(['docs', '.github'], /\.md$/), ...FRONT];

describe.each([
  { table: 'docs/threats.md', ids: /\bT\d{3}\b/g },
  { table: 'docs/faults.md', ids: /\bF\d{2}\b/g },
])('$table', ({ table, ids }) => {
  const rows = [...read(table).matchAll(/^\| ([TF]\d{2,3}) \| .*$/gm)].map(([, id]) => id!);

  it('has one row for each id, in order', () => {
    expect(rows).toEqual([...new Set(rows)].toSorted());
  });

  it('has a row for every id that is mentioned anywhere', () => {
    const unknown = EVERYTHING.flatMap(([path, text]) =>
      [...text.matchAll(ids)].filter(([id]) => !rows.includes(id)).map(([id]) => `${path}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  it('names the files whose titles bear the id, one at least (WRITE_ROWS=1 writes them)', () => {
    const written = withTests(read(table));
    if (process.env['WRITE_ROWS']) writeFileSync(table, written);
    expect(read(table)).toBe(written);
    expect([...written.matchAll(/^\| ([TF]\d{2,3}) .* \|  \|$/gm)].map(([, id]) => id)).toEqual([]);
  });
});

describe('references', () => {
  it('lead to a document that is here', () => {
    const missing = EVERYTHING.flatMap(([path, text]) =>
      [...text.matchAll(/(?<![\w/:.*-])(?:\.{0,2}\/)?(?:[\w-]+\/)*[\w-]+\.md\b/g)]
        .filter(
          ([name]) => ![dirname(path), '.', 'docs', 'docs/guides'].some((folder) => existsSync(join(folder, name))),
        )
        .map(([name]) => `${path}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('to a decision by its number lead to one', () => {
    const decisions = readdirSync('docs/decisions').map((name) => Number(name.slice(0, 4)));
    const missing = EVERYTHING.flatMap(([path, text]) =>
      [...text.matchAll(/\bADR (\d+)/g)]
        .filter(([, number]) => !decisions.includes(Number(number)))
        .map(([all]) => [path, all]),
    );
    expect(missing).toEqual([]);
  });

  it('to a file of the code map lead to one', () => {
    const missing = ['docs/architecture.md', 'CONTRIBUTING.md'].flatMap((document) =>
      [...read(document).matchAll(/`([\w./-]+\.ts)`/g)]
        .filter(([, name]) => !PROGRAMS.some(([path]) => `/${path}`.endsWith(`/${name}`)))
        .map(([name]) => `${document}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('to papers that are not here do not stand anywhere', () => {
    const foreign = /\b(house rule|rule \d+|R[1-9]\b(?!\d)|seed \d+|design\.md|reference\/)/;
    expect(linesWith(foreign)).toEqual([]);
  });
});

it('the words of the glossary are those of the code', () => {
  const code = PROGRAMS.map(([, text]) => text).join('\n');
  const words = [...read('docs/glossary.md').matchAll(/^\| ([a-z][\w, -]*?) +\|/gm)].flatMap(([, cell]) =>
    cell!.split(', '),
  );
  expect(words.length).toBeGreaterThan(40);
  expect(words.filter((word) => !new RegExp(word.replaceAll(/[ -]/g, '[ _-]?'), 'i').test(code))).toEqual([]);
  const names = [...read('docs/glossary.md').matchAll(/^\|.*\|.*\| (.*) \|$/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`…?(\w+)/g)].map(([, name]) => name!),
  );
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !code.includes(name))).toEqual([]);
});

it('no merge is left unfinished', () => {
  expect(linesWith(/^(> ?){7}|^<{7}/)).toEqual([]);
});

it('people, clients and owners are they', () => {
  expect(linesWith(/\b(he|him|his|himself|she|her|hers|herself)\b/i)).toEqual([]);
});

/** Puts the files of each row's tests into its last column. */
function withTests(table: string): string {
  const titles = PROGRAMS.filter(([path]) => path.endsWith('spec.ts')).map(
    ([path, text]) => [path, text.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')] as const,
  );
  return table.replaceAll(/^(\| ([TF]\d{2,3}) \| .* \|) [^|]*\|$/gm, (_, rest: string, id: string) => {
    const named = titles.filter(([, text]) => new RegExp(`\\b${id}\\b`).test(text));
    const files = named.map(([path]) => `\`${path.replace(/^test\/|(\.e2e-spec)?\.ts$/g, '')}\``);
    return `${rest} ${files.toSorted().join(', ')} |`;
  });
}

/** Of every file but this one, which has to name what it looks for. */
function linesWith(pattern: RegExp): string[] {
  return EVERYTHING.filter(([path]) => path !== 'test/architecture/references.spec.ts').flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
}

function textsOf(folders: readonly string[], names: RegExp): (readonly [string, string])[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => names.test(path))
    .map((path) => [path, read(path)]);
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
