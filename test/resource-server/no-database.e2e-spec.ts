import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** What a host without a database does not install. */
const ABSENT = /^(typeorm|pg|pg-.*|nest-authority)$/;

/** A `node_modules` with all but those, and this package as it is built: copied, so that it finds nothing in this repository. */
async function installWithoutDatabase(place: string): Promise<void> {
  const modules = join(place, 'node_modules');
  const names = (await readdir('node_modules')).filter((name) => !ABSENT.test(name) && !name.startsWith('.'));
  await mkdir(join(modules, '@nestjs'), { recursive: true });
  const scoped = (await readdir('node_modules/@nestjs')).filter((name) => name !== 'typeorm');
  const linked = [...names.filter((name) => name !== '@nestjs'), ...scoped.map((name) => join('@nestjs', name))];
  await Promise.all(linked.map((name) => symlink(resolve('node_modules', name), join(modules, name))));
  await cp('dist/src', join(modules, 'nest-authority/dist/src'), { recursive: true });
  await cp('package.json', join(modules, 'nest-authority/package.json'));
}

describe('a host that has installed neither TypeORM nor pg', () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'nest-authority-no-database-'));
    await installWithoutDatabase(place);
    await cp('test/support/no-database-child.mjs', join(place, 'main.mjs'));
  });
  afterAll(() => rm(place, { recursive: true, force: true }));

  it('starts as a resource server, on both adapters, with guards, roles and an API document', async () => {
    const { stdout } = await run(process.execPath, ['main.mjs'], { cwd: place, timeout: 50_000 });
    const { missing, ...adapters } = JSON.parse(stdout) as Record<string, object>;
    // So that the test can fail: they are really not there, and the main entry, which needs them, does not load.
    const gone = 'ERR_MODULE_NOT_FOUND';
    expect(missing).toEqual({ typeorm: gone, pg: gone, '@nestjs/typeorm': gone, 'nest-authority': gone });
    const seen = {
      stranger: 401,
      mine: { subject: 'https://login.example.com|ann' },
      all: 200,
      documented: ['/reports/mine', '/reports/all'],
    };
    expect(adapters).toEqual({ express: seen, fastify: seen });
  });
});
