import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { format } from 'prettier';

type Files = Readonly<Record<string, string>>;
interface Case {
  readonly files: Files;
  readonly options?: Readonly<Record<string, unknown>>;
}
interface Result {
  readonly files: Files;
  readonly error: string;
  readonly messages: readonly string[];
}

const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
void bootstrap();
`;
const MODULE = `import { Module } from '@nestjs/common';

@Module({
  imports: [],
})
export class AppModule {}
`;
const APPLICATION: Files = {
  'package.json':
    '{\n\t"name": "shop",\n\t"scripts": { "auth:migrate": "mine" },\n\t"dependencies": { "pg": "^8.17.0" }\n}\n',
  'src/main.ts': MAIN,
  'src/app.module.ts': MODULE,
};
const change = (path: string, from: string, to: string): Files => {
  if (!APPLICATION[path]!.includes(from)) throw new Error(`${path} has no ${from}`);
  return { ...APPLICATION, [path]: APPLICATION[path]!.replace(from, to) };
};
const without = (path: string): Files =>
  Object.fromEntries(Object.entries(APPLICATION).filter(([name]) => name !== path));

const REFUSED: Record<string, Case & { readonly says: readonly string[] }> = {
  'there is no main.ts': {
    files: without('src/main.ts'),
    says: ['There is no src/main.ts.', 'Add by hand: TypeOrmModule.forRoot(authDataSource({ url }))'],
  },
  'the application is created elsewhere': {
    files: { ...APPLICATION, 'src/main.ts': `import { start } from './start';\nvoid start();\n` },
    says: ['src/main.ts does not call NestFactory.create with a root module that it imports.', 'Add by hand: '],
  },
  'its root module is not there': {
    files: change('src/main.ts', './app.module', '@shop/app'),
    says: ['src/main.ts imports its root module from @shop/app, where no TypeScript file is.', 'Add by hand: '],
  },
  'the imports of its root module are no list': {
    files: change('src/app.module.ts', '[]', 'modules()'),
    says: ['src/app.module.ts has no class with @Module({ … }) whose imports are a list.', 'Add by hand: '],
  },
  'its root module has no metadata': {
    files: change('src/app.module.ts', '@Module({\n  imports: [],\n})', '@Module(metadata)'),
    says: ['src/app.module.ts has no class with @Module({ … }) whose imports are a list.'],
  },
  'it listens elsewhere': {
    files: change('src/main.ts', 'await app.listen(process.env.PORT ?? 3000);', 'await run(app);'),
    says: ['src/main.ts has no statement in which what NestFactory.create returns listens.', '--skip-swagger'],
  },
  'it has a data source': {
    files: change('src/app.module.ts', '[]', '[TypeOrmModule.forRootAsync(options)]'),
    says: ['src/app.module.ts has a data source.', '...authEntities()', '--skip-data-source'],
  },
  'it has a module of that name': {
    files: change('src/app.module.ts', '[]', '[AuthenticationModule]'),
    says: ['src/app.module.ts imports an AuthenticationModule of its own.', 'Add by hand: '],
  },
  'it has AuthModule': {
    files: change('src/app.module.ts', '[]', '[AuthModule.forRoot({ issuer, secret })]'),
    says: ['src/app.module.ts has AuthModule already.'],
  },
  'a file of that name is there': {
    files: { ...APPLICATION, 'src/authentication/whoami.controller.ts': '' },
    says: ['src/authentication/whoami.controller.ts is there already.'],
  },
  'a capability is unknown': {
    files: APPLICATION,
    options: { capabilities: 'apiKeys,passkeys' },
    says: ['"passkeys" is not one of apiKeys, jwt, oauthProvider, device, clientCredentials'],
  },
};

const ACCEPTED = {
  plain: { files: APPLICATION },
  whole: {
    files: { ...APPLICATION, 'package.json': '{ "name": "shop", "type": "module" }' },
    options: { capabilities: 'apiKeys,oauthProvider' },
  },
  services: { files: APPLICATION, options: { capabilities: 'clientCredentials' } },
  keys: { files: APPLICATION, options: { capabilities: 'apiKeys' } },
  bare: {
    files: change('src/app.module.ts', '[]', '[TypeOrmModule.forRoot(mine)]'),
    options: { skipDataSource: true, skipSwagger: true, skipExample: true },
  },
  withEnvironment: {
    files: { ...APPLICATION, '.env': 'MINE=1\n', '.env.example': 'DATABASE_URL=\nMINE=', '.gitignore': '.env\n' },
  },
  withoutGitignore: { files: { ...APPLICATION, '.gitignore': '.env.local\n' } },
  inWorkspace: {
    files: {
      'package.json': APPLICATION['package.json']!,
      'apps/shop/src/main.ts': MAIN,
      'apps/shop/src/app.module.ts': MODULE,
    },
    options: { sourceRoot: 'apps/shop/src' },
  },
  listensAndReports: {
    files: change(
      'src/main.ts',
      'await app.listen(process.env.PORT ?? 3000);',
      'app.listen(3000).catch(console.error);',
    ),
  },
} satisfies Record<string, Case>;

async function runAll(cases: readonly Case[]): Promise<Result[]> {
  const child = spawn(process.execPath, ['test/support/nest-add.mjs'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(cases));
  return (await json(child.stdout)) as Result[];
}

let results: Map<string, Result>;
beforeAll(async () => {
  const cases = Object.entries<Case>({ ...REFUSED, ...ACCEPTED });
  const given = await runAll(cases.map(([, each]) => each));
  results = new Map(cases.map(([name], index) => [name, given[index]!]));
});
const after = (name: keyof typeof ACCEPTED) => results.get(name)!;

describe('nest add nest-authority changes nothing and says what to do when', () => {
  it.each(Object.entries(REFUSED))('%s', (name, { says }) => {
    const { error } = results.get(name)!;
    for (const sentence of [...says, 'Nothing was changed.']) expect(error).toContain(sentence);
  });
});

describe('nest add nest-authority', () => {
  it('sets the API document up before the application listens', () => {
    const call = '  setUpApiDocument(app);\n';
    expect(after('plain').files['src/main.ts']).toContain(`${call}  await app.listen(process.env.PORT ?? 3000);\n`);
    expect(after('listensAndReports').files['src/main.ts']).toContain(`${call}  app.listen(3000).catch(`);
    expect(after('plain').files['src/main.ts']).toContain(
      "import { setUpApiDocument } from './authentication/api-document';",
    );
  });

  it.each(['plain', 'keys', 'services', 'whole', 'bare'] as const)(
    'writes as `npm run format` of a new application would: %s',
    async (name) => {
      const sources = Object.entries(after(name).files).filter(
        ([path]) => path.endsWith('.ts') && !(path in APPLICATION),
      );
      const formatted = sources.map(async ([path, source]) => [
        path,
        await format(source, { parser: 'typescript', singleQuote: true, trailingComma: 'all' }),
      ]);
      expect(sources).toEqual(await Promise.all(formatted));
    },
  );

  it('leaves what package.json has, and its indentation', () => {
    const text = after('plain').files['package.json']!;
    expect(text).toMatch(/^\{\n\t"name"/);
    expect(JSON.parse(text)).toMatchObject({
      scripts: { 'auth:migrate': 'mine' },
      dependencies: { pg: '^8.17.0', typeorm: expect.stringMatching(/^\^\d/) },
      'nest-authority': { options: './dist/authentication/authentication.options.js' },
    });
  });

  it('adds only what is not skipped', () => {
    const { files, messages } = after('bare');
    expect(Object.keys(files).filter((path) => path.includes('authentication/'))).toEqual([
      'src/authentication/authentication.module.ts',
      'src/authentication/authentication.options.ts',
    ]);
    expect(files['src/main.ts']).toBe(MAIN);
    expect(files['src/authentication/authentication.module.ts']).not.toMatch(/TypeOrm|Whoami/);
    expect(files['src/app.module.ts']).toContain('imports: [TypeOrmModule.forRoot(mine), AuthenticationModule]');
    expect(messages.join('\n')).toContain('Your data source needs ...authEntities() and ...authMigrations()');
  });

  it('adds to .env.example what it lacks, and writes no .env over another', () => {
    const { files } = after('withEnvironment');
    expect(files['.env']).toBe('MINE=1\n');
    expect(files['.env.example']).toMatch(/^DATABASE_URL=\nMINE=\n# .*\nAUTH_ISSUER=.*\n# .*\nAUTH_SECRET=\n$/);
  });

  it('writes no secret where Git would take it', () => {
    expect(after('withoutGitignore').files['.env']).toBeUndefined();
    expect(after('withoutGitignore').files['.env.example']).toContain('AUTH_SECRET=\n');
  });

  it('knows an application in a workspace', () => {
    const { files } = after('inWorkspace');
    expect(files['apps/shop/test/whoami.e2e-spec.ts']).toContain(`'../src/app.module'`);
    expect(files['apps/shop/src/app.module.ts']).toContain("from './authentication/authentication.module'");
    expect(JSON.parse(files['package.json']!)['nest-authority']).toBeUndefined();
  });
});
