import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// One file, so that its tests run one after the other: some put probes into the tree that others copy.

const MAX_LINES = 250;

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function cruise(): { output: string; failed: boolean } {
  try {
    const command = [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      'src',
      'demo',
    ];
    return { output: execFileSync(process.execPath, command, { encoding: 'utf8' }), failed: false };
  } catch (error) {
    return { output: String((error as { stdout?: unknown }).stdout), failed: true };
  }
}

describe('architecture', () => {
  it(`no file of src, demo, bench and test is longer than ${MAX_LINES} lines`, () => {
    const long = ['src', 'demo', 'bench', 'test']
      .flatMap(sources)
      .map((path) => ({ path, lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES);
    expect(long).toEqual([]);
  });

  it('the import arrows hold', () => {
    expect(cruise()).toMatchObject({ failed: false });
  });

  it.each([
    ['no-sibling-capability', 'src/bearer/zz-probe.ts', `import '../accounts/accounts.options.js';`],
    ['common-knows-no-capability', 'src/common/zz-probe.ts', `import '../bearer/bearer.options.js';`],
    ['level-1-below-level-2', 'src/common/tokens/zz-probe.ts', `import '../http/reply.js';`],
    ['level-0-is-plain', 'src/common/principal/zz-probe.ts', `import '@nestjs/common';`],
    ['swagger-is-optional', 'src/bearer/zz-probe.ts', `import '@nestjs/swagger';`],
    ['demo-is-a-host', 'demo/zz-probe.ts', `import '../src/common/extensions.js';`],
  ])('the rule %s can fail', (rule, path, code) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `${code}\n`);
    try {
      const { output, failed } = cruise();
      expect(failed).toBe(true);
      expect(output).toContain(rule);
    } finally {
      rmSync(path);
    }
  });

  it('the library never writes to the console, never synchronises a schema and never weakens the type checker', () => {
    const forbidden = /console\.|synchronize: *true|@ts-ignore|@ts-expect-error|\bas any\b/;
    const found = sources('src').filter((path) => forbidden.test(readFileSync(path, 'utf8')));
    expect(found).toEqual([]);
  });
});

/** Folder of each capability and its name in the options. */
const CAPABILITIES = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['common', 'swagger'].includes(entry.name))
  .map((entry) => ({
    folder: entry.name,
    option: entry.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
  }));
const ROOT_FILES = ['auth.module.ts', 'auth.options.ts', 'auth.schema.ts', 'index.ts'];

/** Capabilities can be left out (CONTRIBUTING.md). The copy lives below the project, so that its imports find the packages. */
describe.each(CAPABILITIES)('without the capability $folder', ({ folder, option }) => {
  const copy = join('.data', `removal-${folder}-${process.pid}`);
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('the library still builds: its folder and its lines in the root files are all there is of it', () => {
    mkdirSync(copy, { recursive: true });
    cpSync('src', join(copy, 'src'), { recursive: true });
    rmSync(join(copy, 'src', folder), { recursive: true });
    for (const file of ROOT_FILES) {
      const path = join(copy, 'src', file);
      writeFileSync(path, withoutLinesOf(readFileSync(path, 'utf8'), folder, option));
    }
    const config = {
      extends: '../../tsconfig.build.json',
      compilerOptions: { noEmit: true, rootDir: '.' },
      include: ['src'],
      exclude: ['**/*.spec.ts'],
    };
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(config));
    let errors = '';
    try {
      execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', copy], { encoding: 'utf8' });
    } catch (error) {
      errors = String((error as { stdout?: unknown }).stdout);
    }
    expect(errors).toBe('');
  });
});

/** Drops the imports from the folder, every line that uses what they brought, and the capability's name. */
function withoutLinesOf(text: string, folder: string, option: string): string {
  const names: string[] = [];
  const rest = text.replaceAll(
    new RegExp(`import (?:type )?\\{([^}]*)\\} from '\\./${folder}/[^']*';\n`, 'g'),
    (_, list: string) => {
      names.push(
        ...list
          .split(',')
          .map((name) => name.replace('type ', '').trim())
          .filter((name) => name !== ''),
      );
      return '';
    },
  );
  const uses = new RegExp(
    `'\\./${folder}/|^\\s*(readonly )?${option}\\??:${names.map((name) => `|\\b${name}\\b`).join('')}`,
  );
  return rest
    .split('\n')
    .filter((line) => !uses.test(line))
    .join('\n')
    .replaceAll(new RegExp(`'${option}',? ?`, 'g'), '');
}
