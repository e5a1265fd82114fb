import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import ts from 'typescript';

const CONFIGS = ['.dependency-cruiser.cjs', '.dependency-cruiser.values.cjs'] as const;

/** What breaks a rule, as text. */
function cruise(folder: string, config: string, ...sources: string[]): string {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const command = [program, '--config', config, ...sources];
  try {
    return execFileSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

describe('the import arrows', () => {
  // That they hold is what `npm run arrows` says, which is part of `npm test`.
  describe('in a copy with a probe for each', () => {
    const PROBES = [
      ['no-sibling-capability', 'src/bearer/zz-probe.ts', `import '../accounts/accounts.options.js';`],
      ['common-knows-no-capability', 'src/common/zz-probe.ts', `import '../bearer/bearer.options.js';`],
      ['only-the-root-sees-capabilities', 'src/swagger/zz-probe.ts', `import '../bearer/bearer.options.js';`],
      ['level-1-below-level-2', 'src/common/tokens/zz-probe.ts', `import '../http/request/reply.js';`],
      ['capabilities-do-not-know-the-root', 'src/device/zz-root.ts', `import '../auth.options.js';`],
      ['level-0-is-plain', 'src/common/principal/zz-probe.ts', `import '@nestjs/common';`],
      ['level-0-is-plain', 'src/common/texts/zz-probe.ts', `import '@nestjs/common';`],
      ['rooms-are-levels', 'src/oauth-provider/clients/zz-probe.ts', `import '../token/client-tokens.js';`],
      [
        'rooms-are-levels',
        'src/oauth-provider/clients/documents/zz-probe.ts',
        `import '../authentication/client-guesses.js';`,
      ],
      ['rooms-are-levels', 'src/oauth-provider/clients/zz-probe.ts', `import './documents/document-policy.js';`],
      ['rooms-are-levels', 'src/common/http/pages/zz-probe.ts', `import '../areas/done-note.js';`],
      ['rooms-are-levels', 'src/common/http/areas/zz-probe.ts', `import '../edge/replies.js';`],
      ['rooms-are-levels', 'src/api-keys/management/zz-probe.ts', `import '../pages/key-owners.js';`],
      ['rooms-are-levels', 'src/jwt-bearer/issuers/zz-probe.ts', `import '../subjects/newcomers.js';`],
      ['rooms-are-levels', 'src/token-exchange/policy/zz-probe.ts', `import '../grant/presented-tokens.js';`],
      ['rooms-do-not-know-their-module', 'src/device/poll/zz-probe.ts', `import '../device.module.js';`],
      ['swagger-is-optional', 'src/jwt/zz-probe.ts', `import '@nestjs/swagger';`],
      ['webauthn-is-of-passkeys', 'src/passkeys/keys/zz-webauthn.ts', `import '@simplewebauthn/server';`],
      ['mcp-is-of-hosts', 'src/mcp/zz-probe.ts', `import '@modelcontextprotocol/server';`],
      ['schematics-stand-alone', 'src/schematics/nest-add/zz-probe.ts', `import '../../auth.options.js';`],
      ['nobody-knows-schematics', 'src/bearer/zz-schematics.ts', `import '../schematics/nest-add/manifest.js';`],
      ['tools-of-the-host', 'src/schematics/nest-add/zz-tools.ts', `import 'typescript';`],
      ['command-line-is-an-entry', 'src/swagger/zz-command.ts', `import '../command-line/io.js';`],
      ['parser-is-of-the-command-line', 'src/swagger/zz-parser.ts', `import 'commander';`],
      ['demo-is-a-host', 'demo/zz-probe.ts', `import '../src/common/extensions.js';`],
      [
        'resource-server-needs-no-database',
        'src/resource-server/zz-probe.ts',
        `import '../common/auth-core.module.js';`,
      ],
      ['no-circles', 'src/device/zz-probe.ts', `import './zz-probe.js';`],
    ] as const;
    let copy: string;
    let output: string;

    beforeAll(() => {
      copy = mkdtempSync(join(tmpdir(), 'nest-authority-arrows-'));
      for (const name of ['src', 'demo', 'package.json', 'tsconfig.json', ...CONFIGS])
        cpSync(name, join(copy, name), { recursive: true });
      symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
      for (const [, path, code] of PROBES) writeFileSync(join(copy, path), `${code}\n`);
      output = cruise(copy, CONFIGS[0], 'src', 'demo') + cruise(copy, CONFIGS[1], 'src/resource-server');
    });
    afterAll(() => rmSync(copy, { recursive: true, force: true }));

    it.each(PROBES)('the rule %s fails for %s', (rule, path) => {
      expect(output).toContain(`error ${rule}: ${path}`);
    });

    it('no rule is without a probe', () => {
      const text = CONFIGS.map((config) => readFileSync(config, 'utf8')).join('');
      const rules = [...text.matchAll(/^ {6}name: '([^']+)'/gm)].map(([, name]) => name);
      expect([...new Set<string>(PROBES.map(([rule]) => rule))].toSorted()).toEqual(rules.toSorted());
    });
  });
});

/** What is no capability: the kernel, and entries beside the library. */
const ENTRIES = ['command-line', 'common', 'mcp', 'resource-server', 'schematics', 'swagger', 'testing'];
/** Folder of each capability and its name in the options. */
const CAPABILITIES = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !ENTRIES.includes(entry.name))
  .map((entry) => ({
    folder: entry.name,
    option: entry.name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
  }));
const ROOT_FILES = ['auth.module.ts', 'auth.options.ts', 'auth.schema.ts', 'index.ts', 'testing/index.ts'].map((name) =>
  resolve('src', name),
);

/** Capabilities can be left out (CONTRIBUTING.md). Compiled from memory, all with the same parsed files: only the root files differ. */
describe('without the capability', () => {
  const { config } = ts.readConfigFile('tsconfig.build.json', (path) => ts.sys.readFile(path));
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, resolve('.'), { noEmit: true });
  // An entry beside the library, with commands for what there is: those of a capability go with it.
  const beside = resolve('src/command-line') + sep;
  const sources = fileNames.filter((path) => path.startsWith(resolve('src') + sep) && !path.startsWith(beside));
  const parsed = new Map<string, ts.SourceFile | undefined>();

  function faultsWithout(folder: string, option: string): string[] {
    const gone = resolve('src', folder) + sep;
    const host = ts.createCompilerHost(options);
    const read = host.getSourceFile;
    const { fileExists } = host;
    host.fileExists = (path) => !resolve(path).startsWith(gone) && fileExists(path);
    host.getSourceFile = (path, ...rest) => {
      if (ROOT_FILES.includes(path)) {
        const text = withoutLinesOf(host.readFile(path)!, folder, option);
        return ts.createSourceFile(path, text, rest[0]);
      }
      if (!parsed.has(path)) parsed.set(path, read(path, ...rest));
      return parsed.get(path);
    };
    const rootNames = sources.filter((path) => !path.startsWith(gone));
    const faults = ts.getPreEmitDiagnostics(ts.createProgram({ rootNames, options, host }));
    return faults.map(
      ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  }

  it.each(CAPABILITIES)(
    '$folder the library still builds: its folder and its lines in the root files are all there is of it',
    ({ folder, option }) => {
      expect(faultsWithout(folder, option)).toEqual([]);
    },
  );
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
    `'\\.{1,2}/${folder}/|^\\s*(readonly )?${option}\\??:${names.map((name) => `|\\b${name}\\b`).join('')}`,
  );
  return rest
    .split('\n')
    .filter((line) => !uses.test(line))
    .join('\n')
    .replaceAll(new RegExp(`'${option}',? ?`, 'g'), '');
}
