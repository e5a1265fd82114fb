import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = (path: string) => resolve('node_modules', path);
/** What `nest new` writes besides the files of its schematic. */
const GITIGNORE = 'node_modules\n/dist\n.env\n';

/** A new application, as `nest new` makes it, beside what `npm install` would bring. */
export interface Scaffold {
  readonly folder: string;
  /** `nest add nest-authority`, by the Nest command line. Colours are left out. */
  add(...flags: string[]): Promise<{ code: number; output: string }>;
  /** Runs a program of node_modules in it. @throws with its output, should it fail */
  run(path: string, ...args: string[]): Promise<string>;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
  /** All files with their text. */
  files(): Promise<Record<string, string>>;
}

/** Applications beside each other; they see this package as it would be published. */
export class ScaffoldPlace {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<ScaffoldPlace> {
    const folder = await mkdtemp(join(tmpdir(), 'nest-authority-scaffold-'));
    await symlink(resolve('node_modules'), join(folder, 'node_modules'));
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    const { stdout } = await run('npm', pack);
    await run('tar', ['-xzf', stdout.trim()], { cwd: folder });
    return new ScaffoldPlace(folder);
  }

  /** By the schematic behind `nest new`, with its answer to the one question that it asks. */
  async scaffold(name: string, type: 'cjs' | 'esm'): Promise<Scaffold> {
    const schematics = program('@angular-devkit/schematics-cli/bin/schematics.js');
    const flags = [`--name=${name}`, `--type=${type}`, '--language=ts', '--no-interactive'];
    await run(process.execPath, [schematics, '@nestjs/schematics:application', ...flags], { cwd: this.folder });
    const folder = join(this.folder, name);
    await writeFile(join(folder, '.gitignore'), GITIGNORE);
    await mkdir(join(folder, 'node_modules'));
    await symlink(join(this.folder, 'package'), join(folder, 'node_modules/nest-authority'));
    return scaffoldIn(folder);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

function scaffoldIn(folder: string): Scaffold {
  const start = (path: string, ...args: string[]) =>
    run(process.execPath, ['--experimental-vm-modules', program(path), ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', HOME: folder },
    });
  return {
    folder,
    run: async (path, ...args) => {
      const { stdout, stderr } = await start(path, ...args).catch((error) => {
        throw new Error(`${path}:\n${error.stdout}${error.stderr}`);
      });
      return stdout + stderr;
    },
    // Its packages are there already.
    add: (...flags) =>
      start('@nestjs/cli/bin/nest.js', 'add', 'nest-authority', '--skip-install', ...flags).then(
        ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
        (error) => ({ code: error.code, output: error.stdout + error.stderr }),
      ),
    write: (path, text) => writeFile(join(folder, path), text),
    read: (path) => readFile(join(folder, path), 'utf8'),
    files: async () => {
      const names = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const own = paths.filter((path) => !path.includes('/node_modules/')).toSorted();
      return Object.fromEntries(
        await Promise.all(own.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')])),
      );
    },
  };
}
