import { readFileSync } from 'node:fs';

type Manifest = Record<'dependencies' | 'peerDependencies' | 'devDependencies', Record<string, string>>;
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Manifest & { version: string };
const parts = (version: string) => version.split('.').map((part) => Number.parseInt(part, 10));

/** `^a.b.c` with a > 0, or `^0.b.c`. */
function isIn(range: string, version: string): boolean {
  if (!/^\^\d+\.\d+\.\d+$/.test(range)) throw new Error(`${range} is no plain caret range`);
  const [low, given] = [parts(range.slice(1)), parts(version)];
  const fixed = low[0] === 0 ? 2 : 1;
  if (low.slice(0, fixed).join() !== given.slice(0, fixed).join()) return false;
  for (const index of [0, 1, 2]) if (low[index] !== given[index]) return given[index]! > low[index]!;
  return true;
}

const { dependencies, peerDependencies, devDependencies } = read('package.json');

describe('what a host installs beside us', () => {
  it.each(Object.entries(peerDependencies))(
    'the range %s %s takes the version that these tests run on',
    (name, range) => {
      const { version } = read(`node_modules/${name}/package.json`);
      // Pinned, so that raising it is a change that somebody sees; a new major or minor that leaves the range fails here.
      expect(devDependencies[name]).toBe(version);
      expect(isIn(range, version)).toBe(true);
    },
  );

  it.each(Object.entries(dependencies))(
    'the range %s %s begins at the version that these tests run on',
    (name, range) => {
      expect(range).toBe(`^${read(`node_modules/${name}/package.json`).version}`);
    },
  );

  it('a range that leaves the version out is told', () => {
    expect(isIn('^12.5.0', '13.0.0')).toBe(false);
    expect(isIn('^12.5.0', '12.4.9')).toBe(false);
    expect(isIn('^0.2.0', '0.3.0')).toBe(false);
    expect(isIn('^0.2.0', '0.2.2')).toBe(true);
  });
});
