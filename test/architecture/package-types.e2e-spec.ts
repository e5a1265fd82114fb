import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What remains, and why. Anything else is a fault of the package. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'CJSResolvesToESM node16-cjs': 'It is ESM, as Nest 12 is; Node has loaded that by require() since 20.19.',
  'NoResolution node10': 'That resolution does not read `exports`; Nest 12 needs node16 or newer, or bundler, itself.',
};

/** Packages that the declarations of an entry name, in all files that it reaches. */
function packagesOf(entry: string): Set<string> {
  const files = [entry];
  const packages = new Set<string>();
  for (const file of files) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import) ?\(?'([^']+)'/g)) {
      const next = join(dirname(file), name!.replace(/\.js$/, '.d.ts'));
      if (!name!.startsWith('.')) packages.add(name!);
      else if (!files.includes(next)) files.push(next);
    }
  }
  return packages;
}

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

  // Hosts that compile with `skipLibCheck: false` need not install types that they never see.
  it.each(['index', 'mcp/index', 'resource-server/index', 'swagger/index', 'testing/index'])(
    'the types of %s name no package whose types a host may lack',
    (entry) => {
      const packages = packagesOf(`dist/src/${entry}.d.ts`);
      expect(packages).toContain(entry === 'mcp/index' ? 'node:http' : '@nestjs/common');
      const lacking = ['pg', 'passport-http-bearer', 'passport', 'ms', 'express', 'ws', '@nestjs/graphql'];
      const withoutDatabase = ['typeorm', '@nestjs/typeorm'];
      const unwanted = /^(mcp|resource-server)/.test(entry) ? [...lacking, ...withoutDatabase] : lacking;
      expect(unwanted.filter((name) => packages.has(name))).toEqual([]);
    },
  );

  it('is loaded by require(), too', async () => {
    const code =
      "console.log(typeof require('nest-authority').AuthModule, typeof require('nest-authority/testing').actingAs)";
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', code]);
    expect(stdout.trim()).toBe('function function');
  });
});
