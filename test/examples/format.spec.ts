import { existsSync, readdirSync, readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(path, 'utf8');
const NAMES = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const { devDependencies, dependencies, version } = JSON.parse(read('package.json'));
const INSTALLED: Record<string, string> = { 'nest-authority': version, ...dependencies, ...devDependencies };
const MAX_README_LINES = 40;

describe.each(NAMES)('examples/%s', (name) => {
  const folder = `examples/${name}`;
  const manifest = JSON.parse(read(`${folder}/package.json`));
  /** An application that is there to be tested, and is not started. */
  const isOfTests = name === 'testing';

  it('has the format of an example', () => {
    expect(manifest).toMatchObject({ private: true, type: 'module' });
    const start = existsSync(`${folder}/tsconfig.json`) ? 'tsc && node dist/main.js' : `node ${name}.mjs`;
    const tests = { test: 'vitest run', 'test:jest': 'node --experimental-vm-modules node_modules/jest/bin/jest.js' };
    expect(manifest.scripts).toEqual(isOfTests ? tests : { start });
  });

  it('has a test, and a line in the list', () => {
    expect(existsSync(`test/examples/${name}.e2e-spec.ts`)).toBe(true);
    expect(read('examples/README.md')).toContain(`| [${name}](${name}) `);
  });

  it(`has a README of at most ${MAX_README_LINES} lines with its command`, () => {
    const lines = read(`${folder}/README.md`).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(MAX_README_LINES);
    const command = isOfTests ? 'npm test' : 'npm start';
    expect(lines).toContain(manifest.dependencies ? `npm install && ${command}` : command);
  });

  // In this repository everything is installed, so that a test of the example does not notice.
  it('asks for the packages that the entries it imports need', () => {
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      /^(src|test)\/.*\.ts$/.test(file),
    );
    const text = sources.map((file) => read(`${folder}/${file}`)).join('\n');
    const needed = /^import (?!type ).* from 'nest-authority';$/m.test(text)
      ? ['@nestjs/typeorm', 'pg', 'typeorm']
      : [];
    expect(Object.keys(manifest.dependencies ?? {})).toEqual(expect.arrayContaining(needed));
  });

  it('asks for what its test runs on', () => {
    const wanted: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies };
    // `^12.5.0` and `12.5.1`: what a caret keeps is alike, and the rest has not gone back.
    const kept = (range: string) => /^\^?(0\.\d+|[1-9]\d*)\./.exec(range)?.[1];
    const old = Object.entries(wanted).filter(([each, range]) => {
      const here = INSTALLED[each] ?? JSON.parse(read(`node_modules/${each}/package.json`)).version;
      return !range.startsWith('^') || kept(range) !== kept(here);
    });
    expect(old).toEqual([]);
  });
});
