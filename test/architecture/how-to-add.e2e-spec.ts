import type { DynamicModule } from '@nestjs/common';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { send } from '../support/http.js';
import { basic } from '../support/oauth.js';

/** The numbered lines of the sections below "How to add" of CONTRIBUTING.md, by their titles. */
const HOW_TO = new Map(
  readFileSync('CONTRIBUTING.md', 'utf8')
    .split('\n## How to add\n')[1]!
    .split('\n### ')
    .slice(1)
    .map((section): [string, string[]] => {
      const [title, ...rest] = section.split('\n');
      return [title!, `\n${rest.join('\n').trim()}`.split(/\n\d+\. /).slice(1)];
    }),
);
const files = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
const PATHS = [...['src', 'test', 'docs'].flatMap(files), '.dependency-cruiser.cjs'].filter(
  (path) => !path.endsWith('how-to-add.e2e-spec.ts'),
);
const CODE = PATHS.filter((path) => /\.(ts|cjs)$/.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');
const WORDS = new Set(CODE.match(/\w+/g));
const DECLARED = new Set(
  Array.from(CODE.matchAll(/\b(?:class|interface|type|const|function) (\w+)/g), ([, name]) => name),
);

/** Whether what stands in backticks is there: a file or a folder, a command, or what the code has by these names. */
function isThere(span: string): boolean {
  const [, setting, script] = /^(\w+)=1 npm run ([\w:]+) -- [\w/-]+$/.exec(span) ?? [];
  if (setting !== undefined && script !== undefined) return WORDS.has(setting) && script in scripts();
  if (/^[\w./<>-]*(\/[\w.<>-]+|\.(ts|cjs))$/.test(span)) {
    const end = new RegExp(`(^|/)${span.replaceAll('.', '\\.').replaceAll('<name>', '[\\w-]+')}$`);
    return PATHS.some((path) => end.test(path));
  }
  const names = span.replaceAll(/'[^']*'/g, '').match(/[A-Za-z_]\w*/g) ?? [];
  return names.every((name) => (/^[A-Z]/.test(name) ? DECLARED.has(name) || FOREIGN.test(span) : WORDS.has(name)));
}
/** A comment, a unit or a decorator of Nest's. */
const FOREIGN = /^(Default .*|Seconds|Auth|@Injectable\(\)|@Body\(.*)$/;
const scripts = () => (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts;

describe('"How to add" in CONTRIBUTING.md', () => {
  it.each(['A capability', 'A grant', 'An endpoint', 'An option', 'A field of an API key'])(
    '%s: five lines, which name what there is',
    (title) => {
      const lines = HOW_TO.get(title) ?? [];
      expect(lines).toHaveLength(5);
      const spans = Array.from(lines.join('\n').matchAll(/`([^`]+)`/g), ([, span]) => span!);
      expect(spans.length).toBeGreaterThan(2);
      expect(spans.filter((span) => !isThere(span))).toEqual([]);
    },
  );
});

const CAPABILITY = 'src/client-credentials';
const TOY = 'urn:example:toy';
const SECRET = 'a secret of a test client, long enough';
const CLIENT = {
  clientId: 'toy',
  clientSecret: SECRET,
  scopes: ['read'],
  clientCredentialsScopes: ['read'],
  grantTypes: [TOY],
};
const CORE = { issuer: 'http://localhost:3000', secret: SECRET, cacheTtl: 0, sweep: { enabled: false } };

const DECORATORS = { experimentalDecorators: true, emitDecoratorMetadata: true };

/** A copy of all that the lines are about, in which somebody follows them. */
class Copy {
  readonly root = mkdtempSync(join(tmpdir(), 'nest-authority-how-to-'));

  constructor() {
    const tests = ['support', 'architecture/option-tables.spec.ts', 'global-setup.mjs', 'global-teardown.mjs'];
    const tools = ['package.json', 'tsconfig.json', 'jest.config.js'];
    for (const name of ['src', 'docs/guides', ...tools, ...tests.map((one) => join('test', one))])
      cpSync(name, join(this.root, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(this.root, 'node_modules'));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /**
   * One line, done.
   * @param says what it has to say, so that somebody comes upon it
   * @param changes texts of the file, and what follows each; a file that is not there is made
   */
  follow(
    title: string,
    line: number,
    says: readonly string[],
    path: string,
    changes: Readonly<Record<string, string>>,
  ) {
    const text = HOW_TO.get(title)?.[line - 1] ?? '';
    const unsaid = says.filter((one) => !text.includes(one));
    if (unsaid.length > 0) throw new Error(`${title}, line ${line}, does not say ${unsaid.join(', ')}`);
    let code = existsSync(join(this.root, path)) ? this.read(path) : '';
    for (const [before, addition] of Object.entries(changes)) {
      if (!code.includes(before)) throw new Error(`${path} has no ${before}`);
      code = code.replace(before, () => before + addition);
    }
    writeFileSync(join(this.root, path), code);
  }

  /** Beside each file, so that they load as a host's do; no cache has seen them, and none should keep them. */
  compile(): void {
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, ...DECORATORS };
    for (const path of ['src', 'test/support'].flatMap((folder) => files(join(this.root, folder)))) {
      if (!path.endsWith('.ts')) continue;
      const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions });
      writeFileSync(path.replace(/\.ts$/, '.js'), outputText);
    }
  }

  load<Module>(path: string): Promise<Module> {
    return import(join(this.root, path)) as Promise<Module>;
  }

  /** What the test of the guides' tables says. */
  testTables(): Promise<string> {
    const program = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'unit'];
    const test = [...program, '--no-watchman', 'option-tables'];
    return new Promise((done) => {
      execFile(process.execPath, test, { cwd: this.root }, (_failed, _output, said) => done(said));
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

describe('a grant and an option, added by these lines in a copy', () => {
  let copy: Copy;
  let support: typeof import('../support/app.js');
  let boot: typeof import('../support/boot-error.js');
  let library: { AuthModule: { forRoot(options: object): DynamicModule } };

  beforeAll(async () => {
    copy = new Copy();
    addGrant();
    addOption();
    copy.compile();
    support = await copy.load('test/support/app.js');
    boot = await copy.load('test/support/boot-error.js');
    library = await copy.load('src/index.js');
  }, 180_000);
  afterAll(() => copy.remove());

  function addGrant(): void {
    const follow = (line: number, says: string[], path: string, changes: Record<string, string>) =>
      copy.follow('A grant', line, says, path, changes);
    const model = `${CAPABILITY}/grant/client-credentials.grant.ts`;
    const toy = copy
      .read(model)
      .replace('ClientCredentialsGrant', 'ToyGrant')
      .replace("'client_credentials'", `'${TOY}'`);
    const says = ['`<name>.grant.ts`', '`client-credentials.grant.ts`', '`@Injectable()`', '`Grant`', '`grantType`'];
    follow(1, [...says, '`parameters`', '`handle`'], model.replace('client-credentials.grant', 'toy.grant'), {
      '': toy,
    });
    // As in the model, whose tokens are made and written like this; nothing is spent for them.
    follow(2, ['`prepare`', '`AuthorizationServer`', '`store`'], model, {});
    follow(3, ['`providers`', 'constructor', '`grants: [grant]`'], `${CAPABILITY}/client-credentials.module.ts`, {
      '': "import { ToyGrant } from './grant/toy.grant.js';\n",
      'OutboundFetch,\n  ClientCredentialsGrant,': '\n  ToyGrant,',
      'grant: ClientCredentialsGrant,': '\n    toy: ToyGrant,',
      'grants: [grant': ', toy',
    });
    follow(4, ['`isForUsers = true`'], model.replace('client-credentials.grant', 'toy.grant'), {});
  }

  function addOption(): void {
    const path = 'src/bearer/bearer.options.ts';
    copy.follow('An option', 1, ['interface', '`<name>.options.ts`', 'comment', '`Default 5, at most 60.`'], path, {
      'interface BearerOptions {':
        '\n  /** Toys that a user may hold. Default 5, at most 9. */\n  readonly toys?: number;',
      '': "import { count } from '../common/options/option.js';\n",
    });
    copy.follow('An option', 2, ['table', '`common/options/option.ts`', '`count`'], path, {
      'BEARER_OPTIONS = {': '\n  toys: count({ fallback: 5, min: 1, max: 9 }),',
    });
  }

  it('the grant gives a token at the token endpoint, and is announced in grant_types_supported', async () => {
    const oauthProvider = { scopes: ['openid', 'read'], clients: [CLIENT] };
    const host = await support.createTestApp({ auth: { jwt: true, clientCredentials: true, oauthProvider } });
    try {
      const body = new URLSearchParams({ grant_type: TOY, scope: 'read' });
      const { status, body: token } = await send(`${host.url}/api/auth/oauth2/token`, {
        headers: basic(CLIENT.clientId, SECRET),
        body,
      });
      expect([status, token.scope, token.token_type]).toEqual([200, 'read', 'Bearer']);
      const document = await send(`${host.url}/.well-known/oauth-authorization-server`);
      expect(document.body.grant_types_supported).toContain(TOY);
      const { BEARER_SETTINGS } = await copy.load<{ BEARER_SETTINGS: symbol }>('src/bearer/bearer.options.js');
      expect(host.app.get(BEARER_SETTINGS, { strict: false })).toMatchObject({ toys: 5 });
    } finally {
      await host.close();
    }
  });

  it.each([
    ['a wrong value', { toys: 10 }, 'bearer.toys: 10 is out of range. Give a whole number from 1 to 9.'],
    ['another kind', { toys: 'five' }, expect.stringMatching(/^bearer\.toys: .*number/)],
    [
      'a name that is none',
      { toy: 5 },
      'bearer: there is no option "toy". Known options: toys, expiresIn, refreshToken, dpop.',
    ],
  ])('the option: %s stops the start with the sentence', async (_name, bearer, sentence) => {
    expect(await boot.bootError(() => [library.AuthModule.forRoot({ ...CORE, bearer })])).toEqual(sentence);
  });

  it("the option's row in the guide is asked for by the test of the guides", async () => {
    expect(await copy.testTables()).toMatch(/\| `toys` +\| 5, at most 9 +\| Toys that a user may hold\. +\|/);
  }, 120_000);
});
