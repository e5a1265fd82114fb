import type { AuthOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from './app.js';
import { commandLine, type CommandLine } from './command-line.js';
import { freePort } from './free-port.js';

/** One that the doctor has nothing to say against. */
export const GOOD_SECRET = 'Zr8!kq2Lw9@xPv4#Tn7$Bm1%Hd6^Jf3&';

/** One entry of the doctor's answer. */
export interface Found {
  readonly id: string;
  readonly severity: string;
  readonly sentence: string;
  readonly remedy: string | null;
  readonly docs: string;
}

export interface Surgery {
  /** A server that is well, at its issuer. */
  readonly host: TestApp;
  readonly cli: CommandLine;
  /** The options of the server, changed; written to a file of this name. */
  optionsFile(name: string, changes?: Partial<AuthOptions>): string;
  /** What one check finds with the options of the server, changed. */
  find(id: string, changes?: Partial<AuthOptions>, around?: CommandLine): Promise<Found>;
  /** The command line with another database. */
  at(databaseUrl: string): CommandLine;
  close(): Promise<void>;
}

/** A server, and the doctor beside it. */
export async function openSurgery(): Promise<Surgery> {
  const port = await freePort();
  const auth = { issuer: `http://localhost:${port}`, secret: GOOD_SECRET, jwt: true, oauthProvider: true };
  const host = await createTestApp({ auth: { ...auth, rateLimits: true }, port });
  const cli = commandLine({ DATABASE_URL: host.databaseUrl });
  const optionsFile: Surgery['optionsFile'] = (name, changes = {}) => {
    cli.write(name, `export default ${JSON.stringify({ ...auth, ...changes })};`);
    return name;
  };
  let count = 0;
  return {
    host,
    cli,
    optionsFile,
    find: async (id, changes, around = cli) => {
      // A module is read once: each case has a file of its own.
      const name = optionsFile(`case-${++count}.mjs`, changes);
      const { json } = await around.run('doctor', id, '--options', name, '--json');
      return json.checks[0];
    },
    at: (databaseUrl) => cli.with({ DATABASE_URL: databaseUrl }),
    close: async () => {
      cli.remove();
      await host.close();
    },
  };
}
