import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What remains, and why. Anything else is a fault of the package. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'CJSResolvesToESM node16-cjs': 'It is ESM, as Nest 12 is; Node has loaded that by require() since 20.19.',
  'NoResolution node10': 'That resolution does not read `exports`; Nest 12 needs node16 or newer, or bundler, itself.',
};

describe('the package, as a registry would serve it', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-authority-pack-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('its types are those of its code, for every entry and every way of resolving it', async () => {
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
    const [tarball] = await readdir(folder);
    const result = await checkPackage(
      createPackageFromTarballData(new Uint8Array(await readFile(join(folder, tarball!)))),
    );
    if (!result.types) throw new Error('the package has no types');
    const { exports } = JSON.parse(await readFile('package.json', 'utf8')) as { exports: object };
    expect(Object.keys(result.entrypoints).sort()).toEqual(Object.keys(exports).sort());
    const kinds = result.problems.map((problem) => {
      const where = 'resolutionKind' in problem ? problem.resolutionKind : '';
      return `${problem.kind} ${where}`.trim();
    });
    expect([...new Set(kinds)].sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  });

  it('is loaded by require(), too', async () => {
    const code =
      "console.log(typeof require('nest-authority').AuthModule, typeof require('nest-authority/testing').actingAs)";
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', code]);
    expect(stdout.trim()).toBe('function function');
  });
});
