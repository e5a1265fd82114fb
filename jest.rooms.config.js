import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import config from './jest.config.js';

/**
 * `npm test`: the same tests as `jest.config.js`, with the specs of a folder as one file of Jest's. Jest loads Nest, TypeORM and our modules anew
 * for each of its files, which takes longer than most specs themselves.
 */
const ROOMS = '.cache/test-rooms';
/** More in one file, and one worker would still be busy when the other has nothing left to do. */
const MAX_SPECS = 8;
/** What stands outside of `describe` would hold for the whole room. */
const OWN_HOOKS = /^(before|after)(All|Each)\(/m;
/** Their time goes to browsers, processes and servers. Alone they also start first, since Jest begins with the longest file. */
const ALONE = ['architecture', 'bench', 'database', 'demo', 'examples', 'pages', 'start'];

const specs = readdirSync('test', { recursive: true })
  .filter((name) => name.endsWith('.e2e-spec.ts'))
  .map((name) => name.replaceAll('\\', '/'))
  .sort();
const isAlone = (spec) => ALONE.includes(spec.split('/')[0]) || OWN_HOOKS.test(readFileSync(`test/${spec}`, 'utf8'));

const rooms = new Map();
for (const spec of specs.filter((name) => !isAlone(name))) {
  const folder = spec.split('/')[0];
  rooms.set(folder, [...(rooms.get(folder) ?? []), spec]);
}

rmSync(ROOMS, { recursive: true, force: true });
mkdirSync(ROOMS, { recursive: true });
for (const [folder, all] of rooms)
  for (let first = 0; first < all.length; first += MAX_SPECS) {
    const lines = all.slice(first, first + MAX_SPECS).map((spec) => `import '../../test/${spec}';\n`);
    writeFileSync(join(ROOMS, `${folder}-${first / MAX_SPECS + 1}.mjs`), lines.join(''));
  }

const [unit, e2e] = config.projects;
const testMatch = [`<rootDir>/${ROOMS}/*.mjs`, ...specs.filter(isAlone).map((spec) => `<rootDir>/test/${spec}`)];

export default { ...config, projects: [unit, { ...e2e, testMatch }] };
