import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MAX_LINES = 250;

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }));
}

describe('the source tree', () => {
  it(`no file of src, demo, bench and test is longer than ${MAX_LINES} lines`, () => {
    const long = ['src', 'demo', 'bench', 'test']
      .flatMap(sources)
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('half of the files of src have at most 70 lines, nine of ten at most 150', () => {
    const lengths = sources('src')
      .filter(({ path }) => !path.endsWith('.spec.ts'))
      .map(({ text }) => text.split('\n').length - 1)
      .toSorted((one, other) => one - other);
    const share = (part: number) => lengths[Math.floor(lengths.length * part)]!;
    expect(share(0.5)).toBeLessThanOrEqual(70);
    expect(share(0.9)).toBeLessThanOrEqual(150);
  });

  it('the library never writes to the console, never synchronises a schema and never weakens the type checker', () => {
    const forbidden = /console\.|synchronize: *true|@ts-ignore|@ts-expect-error|\bas any\b/;
    const found = sources('src').filter(({ text }) => forbidden.test(text));
    expect(found.map(({ path }) => path)).toEqual([]);
  });
});
