import { HostController } from './api-keys.js';
import { createTestApp, testOptions, type TestApp } from './app.js';
import { commandLine, type CommandLine } from './command-line.js';
import { send, type Answer } from './http.js';

/** Long enough that only a notification makes a server forget within the test. */
const CACHE_SECONDS = 60;

/** A server, and beside it the command line with its options, on the same database. */
export interface AdministeredHost {
  readonly host: TestApp;
  readonly cli: CommandLine;
  /** What a route for API keys answers to this one. */
  answers(key: string): Promise<Answer>;
  close(): Promise<void>;
}

export async function startAdministeredHost(): Promise<AdministeredHost> {
  const auth = {
    cacheTtl: CACHE_SECONDS,
    apiKeys: true,
    jwt: true,
    clientCredentials: true,
    oauthProvider: { scopes: ['openid', 'jobs'] },
  };
  const host = await createTestApp({ auth, controllers: [HostController] });
  const cli = commandLine({ DATABASE_URL: host.databaseUrl, NEST_AUTHORITY_OPTIONS: 'auth.options.mjs' });
  cli.write('auth.options.mjs', `export default ${JSON.stringify(testOptions(auth))};`);
  return {
    host,
    cli,
    answers: (key) => send(`${host.url}/host/key`, { headers: { 'x-api-key': key } }),
    close: async () => {
      cli.remove();
      await host.close();
    },
  };
}
