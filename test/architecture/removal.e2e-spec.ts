import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folder of each capability and its name in the options. */
const CAPABILITIES = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['common', 'swagger'].includes(entry.name))
  .map((entry) => ({
    folder: entry.name,
    option: entry.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
  }));
const ROOT_FILES = ['auth.module.ts', 'auth.options.ts', 'auth.schema.ts', 'index.ts'];

/** House rule 24. The copy lives below the project, so that its imports find the packages. */
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
