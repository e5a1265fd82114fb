import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
    ['demo-is-a-host', 'demo/zz-probe.ts', `import '../src/common/registry.js';`],
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
