import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { ScaffoldPlace, type Scaffold } from '../support/nest-scaffold.js';
import { compile, startServer, type ServerProcess } from '../support/server-process.js';
import { signUp } from '../support/users.js';

/** Nest is ESM; Jest loads that into the CommonJS tests of `nest new` from Node 24.9 on. Before, neither its own tests run nor ours. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const JEST_LOADS_ESM = major > 24 || (major === 24 && minor >= 9);
/** The same tests as modules, for older versions of Node. */
const JEST_AS_MODULES = {
  rootDir: '.',
  testRegex: '.e2e-spec.ts$',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: { module: 'esnext', moduleResolution: 'bundler' } }],
  },
};
/** The tests that `nest new` writes have the time of their runner, which a busy machine of ours exceeds. */
const PATIENCE_MILLISECONDS = 60_000;
/** What `nest new` writes, but for a plugin of aliases, of which there are none. */
const VITEST = `import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { globals: true, include: ['test/*.e2e-spec.ts'], hookTimeout: ${PATIENCE_MILLISECONDS} } });`;

const KINDS = [
  { type: 'cjs', flags: [], capabilities: ['accounts', 'bearer'] },
  {
    type: 'esm',
    flags: ['--capabilities=apiKeys,oauthProvider,device,clientCredentials'],
    capabilities: ['accounts', 'bearer', 'apiKeys', 'jwt', 'oauthProvider', 'device', 'clientCredentials'],
  },
] as const;

let place: ScaffoldPlace;
beforeAll(async () => {
  place = await ScaffoldPlace.create();
});
afterAll(() => place?.remove());

describe.each(KINDS)('nest add nest-authority in a new application, $type', ({ type, flags, capabilities }) => {
  let application: Scaffold;
  let database: TestDatabase;
  let server: ServerProcess | undefined;

  beforeAll(async () => {
    [application, database] = await Promise.all([place.scaffold(`new-${type}`, type), createTestDatabase()]);
  });
  afterAll(async () => {
    await server?.stop();
    await database?.drop();
  });

  it('adds module, options, API document, example, environment and script', async () => {
    const { code, output } = await application.add(...flags);
    expect([code, output]).toEqual([0, expect.stringContaining('Next: ')]);
    const options = await application.read('src/authentication/authentication.options.ts');
    expect(/AuthCapability\[\] = \[([^\]]*)\]/.exec(options)?.[1]?.match(/\w+/g)).toEqual(capabilities);
    const manifest = JSON.parse(await application.read('package.json'));
    expect(manifest.scripts['auth:migrate']).toBe('nest-authority migrate up');
    expect(Object.keys(manifest.dependencies)).toEqual(expect.arrayContaining(['typeorm', 'nest-authority']));
    expect(await application.read('.env')).toMatch(/^AUTH_SECRET=[\w-]{43}$/m);
    expect(await application.read('.env.example')).toMatch(/^AUTH_SECRET=$/m);
  });

  if (type === 'cjs')
    it('changes nothing when it is run again', async () => {
      const before = await application.files();
      const { code, output } = await application.add(...flags);
      expect([code, output]).toEqual([0, expect.stringContaining('nothing was changed')]);
      expect(await application.files()).toEqual(before);
    });

  it('compiles and starts', async () => {
    await compile(application.folder, '-p', 'tsconfig.build.json');
    const environment = await application.read('.env');
    await application.write('.env', environment.replace(/^DATABASE_URL=.*$/m, `DATABASE_URL=${database.url}`));
    server = await startServer(application.folder, 'dist/main.js', {});
  });

  it('401 of the guarded example without a credential, 200 with a token', async () => {
    expect((await send(`${server!.url}/whoami`)).status).toBe(401);
    const user = await signUp(server!.url, { name: 'Ann' });
    const answer = await send(`${server!.url}/whoami`, { bearer: user.token });
    expect([answer.status, answer.body]).toEqual([200, { id: user.id, name: 'Ann' }]);
  });

  it('200 of the API document, which has the routes of both', async () => {
    const { paths } = (await send(`${server!.url}/docs-json`)).body;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/whoami', '/api/auth/sign-up/email']));
  });

  it('passes its own tests, and those that it had', async () => {
    const output = await runTests(application, type);
    expect(output).toMatch(/whoami\.e2e-spec\.ts/);
    expect(output).toMatch(type === 'cjs' ? /Tests: +3 passed, 3 total/ : /Tests +4 passed \(4\)/);
  });
});

async function runTests(application: Scaffold, type: 'cjs' | 'esm'): Promise<string> {
  if (type === 'esm') {
    await application.write('vitest.plain.ts', VITEST);
    return application.run('vitest/vitest.mjs', 'run', '--config', 'vitest.plain.ts');
  }
  await application.write('test/jest-as-modules.json', JSON.stringify(JEST_AS_MODULES));
  const config = JEST_LOADS_ESM ? 'test/jest-e2e.json' : 'test/jest-as-modules.json';
  return application.run('jest/bin/jest.js', '--config', config, `--testTimeout=${PATIENCE_MILLISECONDS}`);
}
